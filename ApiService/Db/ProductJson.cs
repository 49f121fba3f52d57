using System.Text.Encodings.Web;
using System.Text.Json;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

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
