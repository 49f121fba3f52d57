using System.Text.Json.Serialization;

namespace RedisAspire.Web.Api.Catalogue;

/// <summary>What a product is to be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Price">Its price.</param>
/// <param name="Category">What kind of product it is.</param>
/// <param name="InStock">Whether it can be had now.</param>
/// <param name="Features">What it is praised for.</param>
public sealed record ProductRequest(
    string Name,
    decimal Price,
    string Category,
    [property: JsonPropertyName("in_stock")] bool InStock,
    IReadOnlyList<string> Features);
