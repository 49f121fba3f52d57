using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.WebUtilities;

namespace RedisAspire.Web.Api;

/// <summary>The products that Redis keeps for good. What fails throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
public sealed class CatalogueClient(ApiConnection api)
{
    private const string Products = "api/db/products";

    private const string Limit = "24";

    // As many as the API gives at once.
    private const string MaximumCategories = "1000";

    /// <summary>Lists products.</summary>
    /// <param name="filter">Which ones.</param>
    /// <param name="cursor">Where to go on.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>A page of them.</returns>
    public Task<ProductListResponse> ListAsync(ProductFilter filter, string? cursor, CancellationToken cancellationToken)
    {
        var order = filter.Order.Split('-');
        var query = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["name"] = NullIfEmpty(filter.Name),
            ["category"] = NullIfEmpty(filter.Category),
            ["minPrice"] = filter.MinPrice?.ToString(CultureInfo.InvariantCulture),
            ["maxPrice"] = filter.MaxPrice?.ToString(CultureInfo.InvariantCulture),
            ["inStock"] = filter.InStock?.ToString(),
            ["sort"] = order[0],
            ["order"] = order.Length > 1 ? order[1] : null,
            ["cursor"] = cursor,
            ["limit"] = Limit,
        };
        return api.GetAsync<ProductListResponse>(QueryHelpers.AddQueryString(Products, query.Where(parameter => parameter.Value is not null)), cancellationToken);
    }

    /// <summary>Lists the categories, more than anybody would choose from.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The categories.</returns>
    public async Task<IEnumerable<string>> GetCategoriesAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync<CategoryListResponse>($"api/db/categories?limit={MaximumCategories}", cancellationToken)).Items.Select(category => category.Name);

    /// <summary>Reads a product from the master.</summary>
    /// <param name="id">What it is known by.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The product as it is now; nothing when there is none.</returns>
    public async Task<Product?> FindAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return (await api.GetAsync<ProductResponse>(AddressOf(id), cancellationToken)).Data;
        }
        catch (CacheApiException missing) when (missing.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Creates a product.</summary>
    /// <param name="product">What it is to be.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What has been written.</returns>
    public Task<ProductWriteResponse> CreateAsync(ProductRequest product, CancellationToken cancellationToken) =>
        api.SendAsync<ProductWriteResponse>(HttpMethod.Post, Products, product, cancellationToken);

    /// <summary>Replaces a product, if it is still what it was; the API answers <see cref="HttpStatusCode.PreconditionFailed"/> otherwise.</summary>
    /// <param name="id">What it is known by.</param>
    /// <param name="product">What it is to be.</param>
    /// <param name="version">The version that it has to have; nothing when there must be none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What has been written.</returns>
    public Task<ProductWriteResponse> ReplaceAsync(string id, ProductRequest product, long? version, CancellationToken cancellationToken) =>
        api.SendAsync<ProductWriteResponse>(HttpMethod.Put, AddressOf(id), product, cancellationToken, version is { } known ? IfMatch(known) : ("If-None-Match", "*"));

    /// <summary>Deletes a product, if it is still what it was; the API answers <see cref="HttpStatusCode.PreconditionFailed"/> otherwise.</summary>
    /// <param name="product">The product.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What has been written.</returns>
    public Task<ProductWriteResponse> DeleteAsync(Product product, CancellationToken cancellationToken) =>
        api.SendAsync<ProductWriteResponse>(HttpMethod.Delete, AddressOf(product.Id), body: null, cancellationToken, IfMatch(product.Version));

    private static string AddressOf(string id) => $"{Products}/{Uri.EscapeDataString(id)}";

    private static (string Name, string Value) IfMatch(long version) => ("If-Match", string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>Which products are wanted, in which order. What is not said does not matter.</summary>
public sealed class ProductFilter
{
    /// <summary>A text in the name.</summary>
    public string? Name { get; set; }

    /// <summary>The category.</summary>
    public string? Category { get; set; }

    /// <summary>The lowest price.</summary>
    public decimal? MinPrice { get; set; }

    /// <summary>The highest price.</summary>
    public decimal? MaxPrice { get; set; }

    /// <summary>Whether they can be had now.</summary>
    public bool? InStock { get; set; }

    /// <summary>By what they are sorted: <c>price</c> or <c>name</c>, with <c>-desc</c> for the last first.</summary>
    public string Order { get; set; } = "price";
}
