using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

/// <summary>Reads products from the master, so that everybody sees what has just been written.</summary>
internal sealed class ProductReader(RedisMaster master, RedisTopology topology, IOptions<DbOptions> options)
{
    /// <summary>The node that is read.</summary>
    public string? Node => topology.Snapshot.Master;

    /// <summary>Reads a product.</summary>
    /// <returns>The product; <see langword="null"/> when there is none.</returns>
    /// <exception cref="NoProductException">What is stored there is no product.</exception>
    public async Task<Product?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var stored = await master.ExecuteAsync(database => database.StringGetAsync(CatalogueKeys.Product(id)), options.Value.OperationTimeout, cancellationToken);
        return stored.IsNull ? null : ProductJson.TryRead(id, stored) ?? throw new NoProductException($"What is stored at '{CatalogueKeys.Product(id)}' is no product.");
    }
}

/// <summary>Products as Redis keeps them.</summary>
internal static class ProductJson
{
    // What is stored is read by people too, in redis-cli, and is no part of a web page.
    private static readonly JsonSerializerOptions Stored = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The text that is stored; it ends with the version.</summary>
    public static string Write(Product product) => JsonSerializer.Serialize(product, Stored);

    /// <summary>Reads what is stored.</summary>
    /// <returns>The product; <see langword="null"/> when it is none.</returns>
    public static Product? TryRead(string id, RedisValue stored)
    {
        try
        {
            return JsonSerializer.Deserialize<Product>((byte[])stored!, Stored) is { } product && product.Id == id && product.Features.All(feature => feature is not null) ? product : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
