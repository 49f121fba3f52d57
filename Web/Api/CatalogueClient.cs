using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using RedisAspire.Web.Localization;

namespace RedisAspire.Web.Api;

/// <summary>The products that Redis stores permanently. A failed request throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
public sealed class CatalogueClient(ApiConnection api)
{
    private const string Products = "api/db/products";

    private const string Limit = "24";

    // The API returns at most this many at once.
    private const string MaximumCategories = "1000";

    /// <summary>Lists products.</summary>
    /// <param name="filter">The filter and the order.</param>
    /// <param name="cursor">The cursor of the page; null for the first.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>A page of products.</returns>
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

    /// <summary>Lists the categories.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The categories.</returns>
    public async Task<IEnumerable<string>> GetCategoriesAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync<CategoryListResponse>($"api/db/categories?limit={MaximumCategories}", cancellationToken)).Items.Select(category => category.Name);

    /// <summary>Reads a product from the master.</summary>
    /// <param name="id">The id of the product.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The current product; null when there is none.</returns>
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
    /// <param name="product">The new content.</param>
    /// <param name="isTraced">Whether the answer says what was done.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The product as written, and how many replicas have it.</returns>
    public Task<ProductWriteResponse> CreateAsync(ProductRequest product, bool isTraced, CancellationToken cancellationToken) =>
        api.SendAsync<ProductWriteResponse>(HttpMethod.Post, ApiConnection.Traced(Products, isTraced), product, cancellationToken);

    /// <summary>Replaces a product if its version has not changed. Otherwise the API answers <see cref="HttpStatusCode.PreconditionFailed"/>.</summary>
    /// <param name="id">The id of the product.</param>
    /// <param name="product">The new content.</param>
    /// <param name="version">The expected version; null when the product must not exist.</param>
    /// <param name="isTraced">Whether the answer says what was done.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The product as written, and how many replicas have it.</returns>
    public Task<ProductWriteResponse> ReplaceAsync(string id, ProductRequest product, long? version, bool isTraced, CancellationToken cancellationToken) =>
        api.SendAsync<ProductWriteResponse>(HttpMethod.Put, ApiConnection.Traced(AddressOf(id), isTraced), product, cancellationToken, version is { } known ? IfMatch(known) : ("If-None-Match", "*"));

    /// <summary>Deletes a product if its version has not changed. Otherwise the API answers <see cref="HttpStatusCode.PreconditionFailed"/>.</summary>
    /// <param name="product">The product.</param>
    /// <param name="isTraced">Whether the answer says what was done.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The product as written, and how many replicas have it.</returns>
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
    /// <param name="name">A text that the name contains.</param>
    /// <param name="category">The category.</param>
    /// <param name="minPrice">The lowest price.</param>
    /// <param name="maxPrice">The highest price.</param>
    /// <param name="inStock">Whether the product is in stock.</param>
    /// <param name="order">The order.</param>
    /// <returns>The filter.</returns>
    public static ProductFilter Of(string? name, string? category, string? minPrice, string? maxPrice, string? inStock, string? order) => new()
    {
        Name = NullIfEmpty(name),
        Category = NullIfEmpty(category),
        MinPrice = PriceOf(minPrice),
        MaxPrice = PriceOf(maxPrice),
        InStock = bool.TryParse(inStock, out var isInStock) ? isInStock : null,
        Order = Orders.Contains(order, StringComparer.Ordinal) ? order! : DefaultOrder,
    };

    /// <summary>The filter as an address has it.</summary>
    /// <returns>The parameters; <see langword="null"/> for what does not filter.</returns>
    public IReadOnlyDictionary<string, string?> ToQuery() => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["name"] = NullIfEmpty(Name),
        ["category"] = NullIfEmpty(Category),
        ["minPrice"] = MinPrice?.ToString(CultureInfo.InvariantCulture),
        ["maxPrice"] = MaxPrice?.ToString(CultureInfo.InvariantCulture),
        ["inStock"] = InStock switch { true => "true", false => "false", null => null },
        ["order"] = Order == DefaultOrder ? null : Order,
    };

    private static decimal? PriceOf(string? price) =>
        decimal.TryParse(price, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
