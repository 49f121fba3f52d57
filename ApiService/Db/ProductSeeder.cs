using System.Text.Json;
using Microsoft.Extensions.Options;

namespace RedisAspire.ApiService.Db;

/// <summary>Fills the catalogue with products to look at.</summary>
internal sealed class ProductSeeder(ProductWriter writer, IOptions<DbOptions> options)
{
    private readonly Lazy<Product[]> _products = new(Read);

    /// <summary>Writes those that are missing. Others that do the same meanwhile do no harm.</summary>
    /// <exception cref="ProductWriteException">One could not be written, or perhaps only its answer was lost.</exception>
    public async Task<SeedResponse> SeedAsync()
    {
        var products = _products.Value;
        var receipts = await Task.WhenAll(products.Select(product => writer.WriteAsync(ProductWrite.Save(product, WriteCondition.IsNew))));
        var added = receipts.Count(receipt => receipt.Outcome == WriteOutcome.Created);
        var replicas = receipts.Min(receipt => receipt.AcknowledgedReplicas);
        var isDurable = replicas >= options.Value.MinimumReplicas;
        return new SeedResponse(added, products.Length - added, replicas, isDurable, isDurable ? null : ProductMapping.Warning(replicas, options.Value.MinimumReplicas));
    }

    private static Product[] Read()
    {
        using var json = typeof(ProductSeeder).Assembly.GetManifestResourceStream("seed-products.json")!;
        return JsonSerializer.Deserialize<Product[]>(json, JsonSerializerOptions.Web)!;
    }
}
