namespace RedisAspire.ApiService.Keys;

/// <summary>The endpoints under <c>/api/keys</c> that change keys, on the master and with the admin key.</summary>
internal static class KeyWriteEndpoints
{
    public static void MapKeyWriteEndpoints(this IEndpointRouteBuilder keys)
    {
        var one = keys.MapGroup("").ProducesProblems(404).RequireAdminKey();

        one.MapPut("/ttl", (string? key, TtlRequest request, KeyEditor editor, CancellationToken cancellationToken) =>
                ChangeAsync(key, name => editor.ExpireAsync(name, request.Seconds, cancellationToken)))
            .Describe("SetKeyTtl", "Sets the time to live of a key.", KeyNotation.Description)
            .AcceptsBody(new TtlRequest(3600))
            .WithResponseExample(new KeyResponse("foo", "string", 3600, 72));

        one.MapDelete("/ttl", (string? key, KeyEditor editor, CancellationToken cancellationToken) => ChangeAsync(key, name => editor.PersistAsync(name, cancellationToken)))
            .Describe("PersistKey", "Removes the time to live of a key.", KeyNotation.Description)
            .WithResponseExample(new KeyResponse("foo", "string", null, 72));

        one.MapDelete("/value", DeleteAsync)
            .Describe("DeleteKey", "Deletes a key.", KeyNotation.Description);

        keys.MapPost("/delete", DeleteMatching)
            .Describe("DeleteKeys", "Deletes all keys of a pattern and type, and streams the progress. It stops when the client disconnects.",
                "A stream of events: `progress`, then `result`, or `failed` with problem details. The application's own keys (`app:`, `db:`) are spared, "
                + "unless the pattern begins with their prefix. `GET /api/keys/count` says beforehand how many keys there are.")
            .AcceptsBody(new DeleteKeysRequest("session:*", "string"))
            .RequireAdminKey();
    }

    private static async Task<Results<Ok<KeyResponse>, ValidationProblem, ProblemHttpResult>> ChangeAsync(string? key, Func<byte[], Task<KeyResponse?>> change)
    {
        var input = new KeyInput();
        var name = input.Key(key);
        if (input.IsWrong)
            return TypedResults.ValidationProblem(input.Errors);
        return await change(name) is { } changed ? TypedResults.Ok(changed) : KeyEndpoints.NoKey();
    }

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> DeleteAsync(string? key, KeyEditor editor, CancellationToken cancellationToken)
    {
        var input = new KeyInput();
        var name = input.Key(key);
        if (input.IsWrong)
            return TypedResults.ValidationProblem(input.Errors);
        return await editor.DeleteAsync(name, cancellationToken) ? TypedResults.NoContent() : KeyEndpoints.NoKey();
    }

    private static Results<ServerSentEventsResult<object>, ValidationProblem> DeleteMatching(
        DeleteKeysRequest request, KeyNodes nodes, KeyRemover remover, CancellationToken cancellationToken)
    {
        var input = new KeyInput();
        var (pattern, type) = (input.Pattern(request.Pattern), input.Type(request.Type));
        if (input.IsWrong)
            return TypedResults.ValidationProblem(input.Errors);
        return remover.RemoveAsync(nodes.Master.Database, pattern, type, cancellationToken).ToAnswer(cancellationToken);
    }
}
