using System.Text.Json;
using RedisAspire.ApiService.Problems;

namespace RedisAspire.ApiService.Db;

/// <summary>A JSON merge patch of a product (RFC 7396). No member of a product is an object, so that each is replaced or removed as a whole.</summary>
internal static class ProductPatch
{
    /// <summary>Merges a patch into a product.</summary>
    /// <param name="patch">What is different.</param>
    /// <param name="product">The product as it is.</param>
    /// <param name="options">How bodies are read.</param>
    /// <param name="errors">What is wrong, where it can be said of a member.</param>
    /// <returns>What the product is to be; <see langword="null"/> when that is none.</returns>
    public static ProductRequest? TryApply(JsonElement patch, Product product, JsonSerializerOptions options, out Dictionary<string, string[]> errors)
    {
        errors = [];
        if (patch.ValueKind != JsonValueKind.Object)
            return null;
        try
        {
            var merged = JsonSerializer.SerializeToNode(product.ToRequest(), options)!.AsObject();
            foreach (var member in patch.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.Null)
                    merged.Remove(member.Name);
                else
                    merged[member.Name] = JsonSerializer.SerializeToNode(member.Value, options);
            }

            return merged.Deserialize<ProductRequest>(options);
        }
        catch (JsonException wrong) when (wrong.Path is { Length: > 1 })
        {
            errors = BodyErrors.In(wrong, options.GetTypeInfo(typeof(ProductRequest)));
            return null;
        }
        // Text that is no Unicode is met only when it is read.
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
