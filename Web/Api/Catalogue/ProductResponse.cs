using System.Text.Json.Serialization;

namespace RedisAspire.Web.Api.Catalogue;

/// <summary>A product of the catalogue.</summary>
/// <param name="Id">What it is known by.</param>
/// <param name="Name">Its name.</param>
/// <param name="Price">Its price.</param>
/// <param name="Category">What kind of product it is.</param>
/// <param name="InStock">Whether it can be had now.</param>
/// <param name="Features">What it is praised for.</param>
/// <param name="Version">Which change of the catalogue made it what it is.</param>
public sealed record ProductResponse(
    string Id,
    string Name,
    decimal Price,
    string Category,
    [property: JsonPropertyName("in_stock")] bool InStock,
    IReadOnlyList<string> Features,
    long Version);
