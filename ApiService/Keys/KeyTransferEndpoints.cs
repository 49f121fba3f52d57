using Microsoft.AspNetCore.Mvc;

namespace RedisAspire.ApiService.Keys;

/// <summary><c>/api/keys/export</c> and <c>/api/keys/import</c>.</summary>
internal static class KeyTransferEndpoints
{
    private const int MaximumImportBytes = 16 * 1024 * 1024;

    private static readonly KeyExport Example = new(
    [
        new ExportedKey("cart:42", "hash", [new KeyElement { Field = new KeyContent { Text = "prod1" }, Value = new KeyContent { Text = """{"quantity":2}""" } }], 1799.3),
        new ExportedKey("seen", "zset", [new KeyElement { Value = new KeyContent { Hex = "ff00" }, Score = "1.5" }]),
    ]);

    public static void MapKeyTransferEndpoints(this IEndpointRouteBuilder keys)
    {
        keys.MapGet("/export", ExportAsync)
            .Describe("ExportKeys", "Reads all keys of a pattern and type with their values, as JSON that can be imported.",
                $"At most {KeyExporter.MaximumKeys} keys that take {KeyExporter.MaximumBytes / 1024 / 1024} MB: all that match, or none. Keys of modules and those under `app:` are left out, and listed in `skipped`. "
                + "The consumer groups of streams are left out.")
            .WithResponseExample(Example)
            .ProducesProblems(404)
            .RequireAdminKey();

        keys.MapPost("/import", ImportAsync)
            .Describe("ImportKeys", "Writes exported keys. Keys that there are already are left alone, unless overwrite is true.",
                "With `check=true` nothing is written: the answer says what would be. If anything of the import is wrong, nothing is written; each key is written in one step. "
                + "The application's own keys (`app:`, `db:`) are refused.")
            .AcceptsBody(Example)
            .WithResponseExample(new ImportedKeysResponse(1, ["seen"], 2))
            .WithMetadata(new RequestSizeLimitAttribute(MaximumImportBytes))
            .RequireAdminKey();
    }

    private static async Task<Results<Ok<KeyExport>, ValidationProblem>> ExportAsync(
        string? node, string? pattern, string? type, KeyNodes nodes, KeyExporter exporter, CancellationToken cancellationToken)
    {
        var input = new KeyInput();
        var (wanted, kind) = (input.Pattern(pattern), input.Type(type));
        if (input.IsWrong)
            return TypedResults.ValidationProblem(input.Errors);
        var (export, refusal) = await exporter.ExportAsync(nodes.Find(node), wanted, kind, cancellationToken);
        return export is null ? Answers.Invalid("pattern", refusal!) : TypedResults.Ok(export);
    }

    private static async Task<Results<Ok<ImportedKeysResponse>, ValidationProblem>> ImportAsync(
        [FromBody] KeyExport import, KeyImporter importer, CancellationToken cancellationToken, bool overwrite = false, bool check = false)
    {
        var input = new KeyInput();
        var keys = importer.Read(input, import);
        if (input.IsWrong)
            return TypedResults.ValidationProblem(input.Errors);
        if (!check)
            return TypedResults.Ok(await importer.WriteAsync(keys, overwrite, cancellationToken));

        var existing = await importer.FindExistingAsync(keys, cancellationToken);
        return TypedResults.Ok(new ImportedKeysResponse(keys.Length - existing.Count, [.. existing.Order(StringComparer.Ordinal)], Written: 0));
    }
}
