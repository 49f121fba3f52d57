using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using RedisAspire.Web.Localization;

namespace RedisAspire.Web.Api;

/// <summary>The products that Redis stores permanently. A failed request throws a <see cref="CacheApiException"/>.</summary>
internal sealed class CatalogueClient(ApiConnection api)
{
    private const string Products = "api/db/products";

    private const string Limit = "24";

    // The API returns at most this many at once.
    private const string MaximumCategories = "1000";

    public Task<ProductListResponse> ListAsync(ProductFilter filter, string? cursor, CancellationToken cancellationToken)
    {
        var order = filter.Order.Split('-');
        var query = new Dictionary<string, string?>(filter.ToQuery(), StringComparer.Ordinal)
        {
            ["sort"] = order[0],
            ["order"] = order.Length > 1 ? order[1] : null,
            ["cursor"] = cursor,
            ["limit"] = Limit,
        };
        var translated = ProductTexts.ShownWith(filter.Name ?? "").Select(name => KeyValuePair.Create("name", (string?)name));
        return api.GetAsync<ProductListResponse>(QueryHelpers.AddQueryString(Products, query.Where(parameter => parameter.Value is not null).Concat(translated)), cancellationToken);
    }

    public async Task<IEnumerable<string>> GetCategoriesAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync<CategoryListResponse>($"api/db/categories?limit={MaximumCategories}", cancellationToken)).Items.Select(category => category.Name);

    /// <summary>Reads a product from the master; there may be none.</summary>
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

    public Task<ProductWriteResponse> CreateAsync(ProductRequest product, bool isTraced, CancellationToken cancellationToken) =>
        api.SendAsync<ProductWriteResponse>(HttpMethod.Post, ApiConnection.Traced(Products, isTraced), product, cancellationToken);

    /// <summary>Replaces a product if its version has not changed, or creates it if there must be none. Otherwise the API answers <see cref="HttpStatusCode.PreconditionFailed"/>.</summary>
    public Task<ProductWriteResponse> ReplaceAsync(string id, ProductRequest product, long? version, bool isTraced, CancellationToken cancellationToken) =>
        api.SendAsync<ProductWriteResponse>(HttpMethod.Put, ApiConnection.Traced(AddressOf(id), isTraced), product, cancellationToken, version is { } known ? IfMatch(known) : ("If-None-Match", "*"));

    /// <summary>Deletes a product if its version has not changed. Otherwise the API answers <see cref="HttpStatusCode.PreconditionFailed"/>.</summary>
    public Task<ProductWriteResponse> DeleteAsync(Product product, bool isTraced, CancellationToken cancellationToken) =>
        api.SendAsync<ProductWriteResponse>(HttpMethod.Delete, ApiConnection.Traced(AddressOf(product.Id), isTraced), body: null, cancellationToken, IfMatch(product.Version));

    private static string AddressOf(string id) => $"{Products}/{Uri.EscapeDataString(id)}";

    private static (string Name, string Value) IfMatch(long version) => ("If-Match", string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));
}

/// <summary>A filter and an order of products. A property that is null does not filter.</summary>
public sealed record ProductFilter
{
    private const string DefaultOrder = "price";

    private static readonly string[] Orders = [DefaultOrder, "price-desc", "name", "name-desc"];

    /// <summary>A text that the name contains.</summary>
    public string? Name { get; set; }

    /// <summary>The category.</summary>
    public string? Category { get; set; }

    /// <summary>The lowest price.</summary>
    public decimal? MinPrice { get; set; }

    /// <summary>The highest price.</summary>
    public decimal? MaxPrice { get; set; }

    /// <summary>Whether the product is in stock.</summary>
    public bool? InStock { get; set; }

    /// <summary>The order: <c>price</c> or <c>name</c>, with <c>-desc</c> for descending.</summary>
    public string Order { get; set; } = DefaultOrder;

    /// <summary>Reads a filter from an address. What cannot be read filters nothing.</summary>
    internal static ProductFilter Of(string? name, string? category, string? minPrice, string? maxPrice, string? inStock, string? order) => new()
    {
        Name = NullIfEmpty(name),
        Category = NullIfEmpty(category),
        MinPrice = PriceOf(minPrice),
        MaxPrice = PriceOf(maxPrice),
        InStock = bool.TryParse(inStock, out var isInStock) ? isInStock : null,
        Order = Orders.Contains(order, StringComparer.Ordinal) ? order! : DefaultOrder,
    };

    /// <summary>The parameters of an address; <see langword="null"/> for what does not filter.</summary>
    internal Dictionary<string, string?> ToQuery() => new(StringComparer.Ordinal)
    {
        ["name"] = NullIfEmpty(Name),
        ["category"] = NullIfEmpty(Category),
        ["minPrice"] = MinPrice?.ToString(CultureInfo.InvariantCulture),
        ["maxPrice"] = MaxPrice?.ToString(CultureInfo.InvariantCulture),
        ["inStock"] = InStock?.ToString().ToLowerInvariant(),
        ["order"] = Order == DefaultOrder ? null : Order,
    };

    private static decimal? PriceOf(string? price) =>
        decimal.TryParse(price, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
