using System.Text.Json;
using System.Text.Json.Nodes;

namespace RedisAspire.ApiService.Db;

/// <summary>A JSON merge patch of a product (RFC 7396). No member of a product is an object, so that each is replaced or removed as a whole.</summary>
internal static class ProductPatch
{
    /// <summary>Merges a patch into a product.</summary>
    /// <param name="patch">What is different.</param>
    /// <param name="product">The product as it is.</param>
    /// <param name="options">How bodies are read.</param>
    /// <returns>What the product is to be; <see langword="null"/> when that is none.</returns>
    public static ProductRequest? TryApply(JsonObject patch, Product product, JsonSerializerOptions options)
    {
        try
        {
            var merged = JsonSerializer.SerializeToNode(ProductRequest.Of(product), options)!.AsObject();
            foreach (var (name, value) in patch)
            {
                if (value is null)
                    merged.Remove(name);
                else
                    merged[name] = value.DeepClone();
            }

            return merged.Deserialize<ProductRequest>(options);
        }
        // A member that is there twice, or has no proper name, is met only when members are gone through.
        catch (Exception wrong) when (wrong is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
