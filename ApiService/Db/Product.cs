using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

/// <summary>A product of the catalogue, in Redis and in answers alike.</summary>
/// <param name="Id">What it is known by.</param>
/// <param name="Name">Its name.</param>
/// <param name="Price">Its price.</param>
/// <param name="Category">What kind of product it is.</param>
/// <param name="InStock">Whether it can be had now.</param>
/// <param name="Features">What it is praised for.</param>
/// <param name="Version">Which change of the catalogue made it what it is. It is its <c>ETag</c>; no version is ever given again.</param>
internal sealed record Product(
    string Id,
    string Name,
    decimal Price,
    string Category,
    [property: JsonPropertyName("in_stock")] bool InStock,
    IReadOnlyList<string> Features,
    [property: JsonPropertyOrder(1)] long Version = 0)
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
    public string ToJson() => JsonSerializer.Serialize(this, Stored);

    /// <summary>Reads what is stored.</summary>
    /// <returns>The product; <see langword="null"/> when it is none.</returns>
    public static Product? FromJson(string id, RedisValue stored)
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
