using Microsoft.AspNetCore.Mvc;

namespace RedisAspire.ApiService.Keys;

/// <summary>The endpoints under <c>/api/keys</c> that change keys, on the master and with the admin key. What writes values spares the application's own keys.</summary>
internal static class KeyWriteEndpoints
{
    private const string Own = " The application's own keys (`app:`, `db:`) are refused with 403.";

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

        var edits = keys.MapGroup("").ProducesKey().ProducesProblems(404, 409).RequireAdminKey();
        var example = new KeyResponse("cart:42", "hash", 1800, 120);

        edits.MapPut("/value", StoreAsync)
            .Describe("StoreKey", "Creates a key of any type, or replaces its value as a whole.",
                "With `If-None-Match: *` only if there is no such key; with `If-Match` and the `tag` of a string only if it still has that value; 412 otherwise. "
                + "Without `ttlSeconds` the time to live stays as it is. " + KeyNotation.Description + Own)
            .AcceptsBody(new StoreKeyRequest("hash", [new KeyElement { Field = new KeyContent { Text = "prod1" }, Value = new KeyContent { Text = """{"quantity":2}""" } }], 1800))
            .WithResponseExample(example)
            .CheckWriteCondition();

        edits.MapPost("/elements", ChangeElementAsync)
            .Describe("ChangeKeyElement", "Adds, replaces or removes one element of a value.",
                "A set or sorted set is changed by its member, a hash by its field, a list by `position` (an index, `head` or `tail`), a stream by appending or by the id of the entry to remove. "
                + "With `If-None-Match: *` only if there is no such element; with `If-Match` and its `tag` only if it is still that; 412 otherwise. "
                + "204: the last element was removed, and the key with it. " + KeyNotation.Description + Own)
            .AcceptsBody(new ChangeElementRequest("hash", "set", new KeyElement { Field = new KeyContent { Text = "prod1" }, Value = new KeyContent { Text = """{"quantity":3}""" } }))
            .WithResponseExample(example)
            .CheckWriteCondition();

        edits.MapPost("/rename", RenameAsync)
            .Describe("RenameKey", "Gives a key another name. 409 if there is a key of that name.", KeyNotation.Description + Own)
            .AcceptsBody(new NameKeyRequest("cart:43"))
            .WithResponseExample(example with { Key = "cart:43" });

        edits.MapPost("/copy", CopyAsync)
            .Describe("CopyKey", "Copies a key with its time to live. 409 if there is a key of that name.",
                KeyNotation.Description + " The copy cannot be one of the application's own keys (`app:`, `db:`), and sessions cannot be copied.")
            .AcceptsBody(new NameKeyRequest("cart:43"))
            .WithResponseExample(example with { Key = "cart:43" });
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

    // The answers are one type for all outcomes, which says nothing about them.
    private static RouteGroupBuilder ProducesKey(this RouteGroupBuilder group) => group.WithMetadata(
        new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(KeyResponse), ["application/json"]), new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent));

    private static async Task<IResult> StoreAsync(
        string? key, [FromBody] StoreKeyRequest request, [AsParameters] WriteCondition condition, KeyEditor editor, EditAnswer answer, CancellationToken cancellationToken)
    {
        var input = new KeyInput();
        var name = input.Key(key);
        var type = input.Type(request.Type)!;
        var seconds = input.TimeToLive("ttlSeconds", request.TtlSeconds);
        var elements = input.IsWrong ? [] : new ElementInput(input, type).Value("items", request.Items);
        if (input.IsWrong)
            return TypedResults.ValidationProblem(input.Errors);
        return answer.RefusalFor(name) ?? await answer.ForAsync(name, await editor.StoreAsync(name, type, elements, seconds, condition, cancellationToken), cancellationToken);
    }

    private static async Task<IResult> ChangeElementAsync(
        string? key, [FromBody] ChangeElementRequest request, [AsParameters] WriteCondition condition, KeyEditor editor, EditAnswer answer, CancellationToken cancellationToken)
    {
        var input = new KeyInput();
        var name = input.Key(key);
        var type = input.Type(request.Type)!;
        if (input.IsWrong)
            return TypedResults.ValidationProblem(input.Errors);
        var element = new ElementInput(input, type).Element(request);
        if (input.IsWrong)
            return TypedResults.ValidationProblem(input.Errors);
        if (answer.RefusalFor(name) is { } refusal)
            return refusal;

        try
        {
            return await answer.ForAsync(name, await editor.ChangeElementAsync(name, request, element, condition, cancellationToken), cancellationToken);
        }
        catch (RedisServerException failure) when (failure.Message.Contains("XADD is equal or smaller", StringComparison.Ordinal))
        {
            return Answers.Invalid("element.id", "The id must be greater than that of the last entry.");
        }
    }

    private static Task<IResult> RenameAsync(string? key, [FromBody] NameKeyRequest request, KeyEditor editor, EditAnswer answer, CancellationToken cancellationToken) =>
        NameAsync(key, request, answer.RefusalFor, editor.RenameAsync, answer, cancellationToken);

    private static Task<IResult> CopyAsync(string? key, [FromBody] NameKeyRequest request, KeyEditor editor, EditAnswer answer, CancellationToken cancellationToken) =>
        NameAsync(key, request, answer.SecretRefusalFor, editor.CopyAsync, answer, cancellationToken);

    private static async Task<IResult> NameAsync(
        string? key, NameKeyRequest request, Func<byte[], IResult?> refuse, Func<byte[], byte[], CancellationToken, Task<KeyEdit>> edit, EditAnswer answer, CancellationToken cancellationToken)
    {
        var input = new KeyInput();
        var (name, to) = (input.Key(key), input.Name("to", request.To));
        if (input.IsWrong)
            return TypedResults.ValidationProblem(input.Errors);
        if ((refuse(name) ?? answer.RefusalFor(to)) is { } refusal)
            return refusal;
        var outcome = await edit(name, to, cancellationToken);
        return outcome == KeyEdit.Exists
            ? Answers.Problem(409, "There is a key of this name already.")
            : await answer.ForAsync(to, outcome, cancellationToken);
    }
}

internal sealed class EditAnswer(KeyNodes nodes, KeyInspector inspector, ReservedKeys reserved)
{
    public IResult? RefusalFor(byte[] key) => RefusalIf(reserved.IsReserved(key), ReservedKeys.Refusal);

    public IResult? SecretRefusalFor(byte[] key) => RefusalIf(reserved.IsSecret(key), ReservedKeys.SecretRefusal);

    public async Task<IResult> ForAsync(byte[] key, KeyEdit outcome, CancellationToken cancellationToken) => outcome switch
    {
        KeyEdit.Exists => Answers.Problem(412, "There is one already."),
        KeyEdit.Changed => Answers.Problem(412, "The value is not what it was any more. Read it again."),
        KeyEdit.Missing => Answers.Problem(404, "There is no such key, or it has no such element."),
        KeyEdit.OtherType => Answers.Problem(409, "The key has another type than before. Read it again from the beginning."),
        _ => await inspector.InspectAsync(nodes.Master.Database, [key], cancellationToken) is [var now] ? TypedResults.Ok(now) : TypedResults.NoContent(),
    };

    private static ProblemHttpResult? RefusalIf(bool isRefused, string reason) => isRefused ? Answers.Problem(403, reason) : null;
}
