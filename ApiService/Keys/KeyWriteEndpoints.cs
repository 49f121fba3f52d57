using System.Net.ServerSentEvents;

namespace RedisAspire.ApiService.Keys;

/// <summary>The endpoints under <c>/api/keys</c> that change keys, on the master and with the admin key.</summary>
internal static class KeyWriteEndpoints
{
    public static void MapKeyWriteEndpoints(this IEndpointRouteBuilder keys)
    {
        var one = keys.MapGroup("").ProducesProblem(StatusCodes.Status404NotFound);

        one.MapPut("/ttl", ExpireAsync)
            .WithName("SetKeyTtl")
            .WithSummary("Sets the time to live of a key.")
            .WithDescription(KeyNotation.Description)
            .WithRequestExample(new TtlRequest(3600))
            .WithResponseExample(new KeyResponse("foo", "string", 3600, 72))
            .AcceptsBody()
            .RequireAdminKey();

        one.MapDelete("/ttl", PersistAsync)
            .WithName("PersistKey")
            .WithSummary("Removes the time to live of a key.")
            .WithDescription(KeyNotation.Description)
            .WithResponseExample(new KeyResponse("foo", "string", null, 72))
            .RequireAdminKey();

        one.MapDelete("/value", DeleteAsync)
            .WithName("DeleteKey")
            .WithSummary("Deletes a key.")
            .WithDescription(KeyNotation.Description)
            .RequireAdminKey();

        keys.MapPost("/delete", DeleteMatching)
            .WithName("DeleteKeys")
            .WithSummary("Deletes all keys of a pattern and type, and streams the progress. It stops when the client disconnects.")
            .WithDescription(
                "A stream of events: `progress`, then `result`, or `failed` with problem details. The application's own keys (`app:`, `db:`) are spared, "
                + "unless the pattern begins with their prefix. `GET /api/keys/count` says beforehand how many keys there are.")
            .WithRequestExample(new DeleteKeysRequest("session:*", "string"))
            .AcceptsBody()
            .RequireAdminKey();
    }

    private static async Task<Results<Ok<KeyResponse>, ValidationProblem, ProblemHttpResult>> ExpireAsync(
        string? key, TtlRequest request, KeyWriter writer, CancellationToken cancellationToken)
    {
        var input = new KeyInput();
        var name = input.Key(key);
        return input.IsWrong
            ? TypedResults.ValidationProblem(input.Errors)
            : Answer(await writer.ExpireAsync(name, request.Seconds, cancellationToken));
    }

    private static async Task<Results<Ok<KeyResponse>, ValidationProblem, ProblemHttpResult>> PersistAsync(
        string? key, KeyWriter writer, CancellationToken cancellationToken)
    {
        var input = new KeyInput();
        var name = input.Key(key);
        return input.IsWrong ? TypedResults.ValidationProblem(input.Errors) : Answer(await writer.PersistAsync(name, cancellationToken));
    }

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> DeleteAsync(string? key, KeyWriter writer, CancellationToken cancellationToken)
    {
        var input = new KeyInput();
        var name = input.Key(key);
        if (input.IsWrong)
            return TypedResults.ValidationProblem(input.Errors);
        return await writer.DeleteAsync(name, cancellationToken) ? TypedResults.NoContent() : KeyEndpoints.NoKey();
    }

    private static Results<ServerSentEventsResult<object>, ValidationProblem> DeleteMatching(
        DeleteKeysRequest request, KeyNodes nodes, KeyRemover remover, CancellationToken cancellationToken)
    {
        var input = new KeyInput();
        var (pattern, type) = (input.Pattern(request.Pattern), input.Type(request.Type));
        if (input.IsWrong)
            return TypedResults.ValidationProblem(input.Errors);

        IAsyncEnumerable<SseItem<object>> events = remover.RemoveAsync(nodes.Master.Database, pattern, type, cancellationToken);
        return TypedResults.ServerSentEvents(events.WithFailure(cancellationToken));
    }

    private static Results<Ok<KeyResponse>, ValidationProblem, ProblemHttpResult> Answer(KeyResponse? key) =>
        key is null ? KeyEndpoints.NoKey() : TypedResults.Ok(key);
}
