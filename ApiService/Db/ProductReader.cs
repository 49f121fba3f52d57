using System.Text.Encodings.Web;
using System.Text.Json;
using RedisAspire.ApiService.Tracing;

namespace RedisAspire.ApiService.Db;

/// <summary>Reads products from the master, so that every write is visible at once.</summary>
internal sealed class ProductReader(RedisMaster master, RedisTopology topology, IOptions<DbOptions> options)
{
    public string? Node => topology.Snapshot.Master;

    /// <summary>Reads a product. What is stored there and is none is a <see cref="NoProductException"/>.</summary>
    public async Task<Product?> FindAsync(string id, CancellationToken cancellationToken, RequestTrace? trace = null)
    {
        var (node, started) = (Node, trace?.Elapsed);
        var stored = await master.ExecuteAsync(database => database.StringGetAsync(CatalogueKeys.Product(id)), options.Value.OperationTimeout, cancellationToken);
        if (started is { } at)
            trace!.Add(new RequestStep("get", stored.IsNull ? "missing" : "found", at) { Took = trace.Elapsed - at, Node = node, Command = ["GET", CatalogueKeys.Product(id)!], HasSpan = true });
        return stored.IsNull ? null : ProductJson.TryRead(id, stored) ?? throw new NoProductException($"The value of '{CatalogueKeys.Product(id)}' is no product.");
    }
}

/// <summary>Products as they are stored in Redis.</summary>
internal static class ProductJson
{
    // People read the stored text too, in redis-cli, and it is no part of a web page.
    private static readonly JsonSerializerOptions Stored = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The text that is stored; it ends with the version.</summary>
    public static string Write(Product product) => JsonSerializer.Serialize(product, Stored);

    /// <summary>Reads a stored product; <see langword="null"/> when it is none.</summary>
    public static Product? TryRead(string id, RedisValue stored) => SharedJson.TryRead(
        () => JsonSerializer.Deserialize<Product>((byte[])stored!, Stored) is { } product && product.Id == id && product.Features.All(feature => feature is not null) ? product : null);
}
