using System.ComponentModel.DataAnnotations;

namespace RedisAspire.ApiService.Keys;

/// <summary><c>/api/keys</c>: the keys of any node.</summary>
internal static class KeyEndpoints
{
    private const int UsualLimit = 100;
    private const int MaximumLimit = 1000;
    private const int UsualSample = 1000;
    private const int MaximumSample = 10_000;
    private const string SampleRule = "A sample is a number from 1 to 10000.";
    private const string LimitRule = "A limit is a number from 1 to 1000.";

    private const string OwnKeys = " The application's own keys (`app:`) are shown only with the admin key.";

    public static void AddKeys(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<KeyOptions>()
            .BindConfiguration("Keys")
            .Validate(
                options => options.MaximumScanned > 0 && options.MaximumScanTime > TimeSpan.Zero && options.OperationTimeout > TimeSpan.Zero,
                "Keys:MaximumScanned, Keys:MaximumScanTime and Keys:OperationTimeout must be positive.");
        services.AddSingleton<KeyNodes>();
        services.AddSingleton<KeyInspector>();
        services.AddSingleton<KeyBrowser>();
        services.AddSingleton<KeyValueReader>();
        services.AddSingleton<IdleTimes>();
        services.AddSingleton<KeyMemory>();
        services.AddSingleton<KeyEditor>();
        services.AddSingleton<EditAnswer>();
        services.AddSingleton<KeyExporter>();
        services.AddSingleton<KeyImporter>();
        services.AddSingleton<KeyRemover>();
        services.AddSingleton<ReservedKeys>();
    }

    public static void MapKeyEndpoints(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/keys").WithTags("Keys").AddEndpointFilter(AnswerUnknownNodes)
            .ProducesValidationProblem()
            .ProducesProblems(503);

        var reads = keys.MapGroup("").ProducesProblems(404).MayNeedAdminKey();
        reads.MapGet("", ListAsync)
            .Describe("GetKeys", "Lists keys, page by page: those of a pattern and type, on any node; on the master when none is named.",
                $"`limit` is about how many keys a page has: {UsualLimit} by default, {MaximumLimit} at most. A page may be short or empty although there are more: "
                + "go on with `cursor` until `next` is null. A key that is there all the time is listed; one that comes or goes meanwhile may be, and a key may be on two pages. "
                + "`pattern` is a glob of Redis (`*`, `?`, `[a-z]`, a backslash before a literal character). " + KeyNotation.Description + OwnKeys)
            .WithResponseExample(new KeyPageResponse(
                "redis-master",
                [new KeyResponse("foo", "string", 42.118, 72), new KeyResponse("db:product:prod1", "hash", null, 168), new KeyResponse(@"\xff\x00", "set", null, 80)],
                "cmVkaXMtbWFzdGVyIDE3NDA4"));

        reads.MapGet("/tree", GetTreeAsync)
            .Describe("GetKeyTree", "Shows one level of the tree that a separator makes of the keys, with how many keys there are below.",
                "One request examines a bounded number of keys. As long as `complete` is false, go on with `cursor` and add the counts up. "
                + $"`limit` is about how many different names an answer has: {UsualLimit} by default, {MaximumLimit} at most. `prefix` is no pattern. " + KeyNotation.Description + OwnKeys)
            .WithResponseExample(new KeyTreeResponse(
                "redis-master", "db:",
                [new KeyTreeItemResponse("category", "prefix", "db:category:", 6), new KeyTreeItemResponse("product", "prefix", "db:product:", 50), new KeyTreeItemResponse("products", "key", "db:products", 1)],
                57, 57, true, null));

        reads.MapGet("/count", CountAsync)
            .Describe("CountKeys", "Counts the keys of a pattern and type, and those among them that deleting by that pattern would spare.",
                "One request examines a bounded number of keys. As long as `complete` is false, go on with `cursor` and add the counts up." + OwnKeys)
            .WithResponseExample(new KeyCountResponse("redis-master", 1200, 0, 1257, 1257, true, null));

        reads.MapGet("/value", GetValueAsync)
            .Describe("GetKeyValue", "Describes a key and reads its value, a part at a time.",
                $"`limit` is about how many elements of a collection are read: {UsualLimit} by default, {MaximumLimit} at most, fewer when they are large. "
                + $"A string comes in parts of up to 64 KiB, and of every other element the first {ContentFormat.MaximumBytes} bytes are shown. " + KeyNotation.Description + OwnKeys)
            .WithResponseExample(new KeyDetailsResponse(
                "redis-replica-1", "cart:42", "hash", "listpack", 1799.3, 120, 3, 1,
                [new ElementResponse { Field = new ContentResponse("text", "prod1", 5, false), Value = new ContentResponse("json", """{"quantity":2}""", 14, false) }],
                null))
            .ProducesProblems(409);

        reads.MapGet("/memory", GetMemoryAsync)
            .Describe("GetKeyMemory", "Estimates which prefixes take how much memory, on a replica when none is named.",
                $"`sample` is how many keys are measured: {UsualSample} by default, {MaximumSample} at most. The figures are estimated from them unless `complete` is true. "
                + $"At most {KeyMemory.MaximumItems} items, the largest first. `prefix` is no pattern. " + KeyNotation.Description + OwnKeys)
            .WithResponseExample(new KeyMemoryResponse(
                "redis-replica-1", "db:", [new KeyMemoryItemResponse("product", "prefix", "db:product:", 50, 16_400, 0.8913), new KeyMemoryItemResponse("products", "key", "db:products", 1, 2000, 0.1087)], 51, 57, 57, true));

        keys.MapKeyWriteEndpoints();
        keys.MapKeyTransferEndpoints();
    }

    public static ProblemHttpResult NoKey() => Answers.Problem(404, "There is no such key.");

    /// <summary>An endpoint filter: the node may be mistyped in the address, or made up in a cursor.</summary>
    public static async ValueTask<object?> AnswerUnknownNodes(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (KeyNotFoundException unknown)
        {
            return Answers.Problem(404, unknown.Message);
        }
    }

    private static Task<Results<Ok<KeyPageResponse>, ValidationProblem>> ListAsync(
        string? node, string? pattern, string? type, string? cursor, KeyNodes nodes, KeyBrowser browser, HttpContext context, CancellationToken cancellationToken,
        [Range(1, MaximumLimit, ErrorMessage = LimitRule)] int limit = UsualLimit)
    {
        var input = new KeyInput();
        var (wanted, kind, position) = (input.Pattern(pattern), input.Type(type), input.ScanCursor(cursor, node));
        return input.OkAsync(() => browser.ListAsync(nodes.Find(position?.Node ?? node), wanted, kind, position?.Position, limit, context.HasAdminKey(), cancellationToken));
    }

    private static Task<Results<Ok<KeyTreeResponse>, ValidationProblem>> GetTreeAsync(
        string? node, string? prefix, string? separator, string? cursor, KeyNodes nodes, KeyBrowser browser, HttpContext context, CancellationToken cancellationToken,
        [Range(1, MaximumLimit, ErrorMessage = LimitRule)] int limit = UsualLimit)
    {
        var input = new KeyInput();
        var (start, end, position) = (input.Prefix(prefix), input.Separator(separator), input.ScanCursor(cursor, node));
        return input.OkAsync(() => browser.GetTreeAsync(nodes.Find(position?.Node ?? node), start, end, position?.Position, limit, context.HasAdminKey(), cancellationToken));
    }

    private static Task<Results<Ok<KeyCountResponse>, ValidationProblem>> CountAsync(
        string? node, string? pattern, string? type, string? cursor, KeyNodes nodes, KeyBrowser browser, HttpContext context, CancellationToken cancellationToken)
    {
        var input = new KeyInput();
        var (wanted, kind, position) = (input.Pattern(pattern), input.Type(type), input.ScanCursor(cursor, node));
        return input.OkAsync(() => browser.CountAsync(nodes.Find(position?.Node ?? node), wanted, kind, position?.Position, context.HasAdminKey(), cancellationToken));
    }

    private static Task<Results<Ok<KeyMemoryResponse>, ValidationProblem>> GetMemoryAsync(
        string? node, string? prefix, string? separator, KeyNodes nodes, KeyMemory memory, HttpContext context, CancellationToken cancellationToken,
        [Range(1, MaximumSample, ErrorMessage = SampleRule)] int sample = UsualSample)
    {
        var input = new KeyInput();
        var (start, end) = (input.Prefix(prefix), input.Separator(separator));
        return input.OkAsync(() => memory.MeasureAsync(node is null ? memory.Node : nodes.Find(node), start, end, sample, context.HasAdminKey(), cancellationToken));
    }

    private static async Task<Results<Ok<KeyDetailsResponse>, ValidationProblem, ProblemHttpResult>> GetValueAsync(
        string? key, string? node, string? cursor, KeyNodes nodes, KeyValueReader reader, ReservedKeys reserved, HttpContext context, CancellationToken cancellationToken,
        [Range(1, MaximumLimit, ErrorMessage = LimitRule)] int limit = UsualLimit)
    {
        var input = new KeyInput();
        var (name, position) = (input.Key(key), input.Cursor(cursor, node));
        if (input.IsWrong)
            return TypedResults.ValidationProblem(input.Errors);
        if (reserved.IsOwn(name) && context.RefuseWithoutAdminKey() is { } refusal)
            return refusal;
        if (reserved.IsSecret(name))
            return Answers.Problem(403, ReservedKeys.SecretRefusal);

        try
        {
            var details = await reader.ReadAsync(nodes.Find(position?.Node ?? node), name, position?.Position, limit, cancellationToken);
            return details is null ? NoKey() : TypedResults.Ok(details);
        }
        catch (FormatException)
        {
            return Answers.Invalid("cursor", KeyInput.WrongCursor);
        }
        catch (RedisServerException failure) when (RedisFailure.IsWrongType(failure))
        {
            return Answers.Problem(409, "The key has another type than before. Read it again from the beginning.");
        }
    }
}
