using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;

namespace RedisAspire.ApiService.Db;

/// <summary>The filter, order and page of a list of products.</summary>
/// <param name="Category">Only those of a category.</param>
/// <param name="MinPrice">Only those that cost as much or more.</param>
/// <param name="MaxPrice">Only those that cost as much or less.</param>
/// <param name="InStock">Only those that are, or are not, in stock.</param>
/// <param name="Name">Only those with a text, or one of several, in their name, whatever its case and accents.</param>
/// <param name="Sort">By <c>price</c>, as without, or by <c>name</c>.</param>
/// <param name="Order"><c>asc</c>, as without, or <c>desc</c>.</param>
/// <param name="Limit">How many at most: 1 to 200, 20 without.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
public sealed record ProductQuery(
    [FromQuery(Name = "category")][property: MaxLength(64, ErrorMessage = "It has at most 64 characters.")] string? Category = null,
    [FromQuery(Name = "minPrice")][property: Range(0d, double.MaxValue, ErrorMessage = ProductQuery.NotNegative)] decimal? MinPrice = null,
    [FromQuery(Name = "maxPrice")][property: Range(0d, double.MaxValue, ErrorMessage = ProductQuery.NotNegative)] decimal? MaxPrice = null,
    [FromQuery(Name = "inStock")] bool? InStock = null,
    [FromQuery(Name = "name")][property: MaxLength(ProductQuery.MaximumNames, ErrorMessage = "There are at most 64 texts.")] string[]? Name = null,
    [FromQuery(Name = "sort")][property: AllowedValues(null, "price", ProductQuery.ByName, ErrorMessage = "Products can be sorted by 'price' or by 'name'.")] string? Sort = null,
    [FromQuery(Name = "order")][property: AllowedValues(null, "asc", ProductQuery.Descending, ErrorMessage = "The order is 'asc' or 'desc'.")] string? Order = null,
    [FromQuery(Name = "limit")][property: Range(1, ProductQuery.MaximumLimit, ErrorMessage = "A page has 1 to 200 products.")] int? Limit = null,
    [FromQuery(Name = "cursor")] string? Cursor = null)
{
    /// <summary>The default number of products on a page.</summary>
    public const int DefaultLimit = 20;

    /// <summary>The most products on a page.</summary>
    public const int MaximumLimit = 200;

    /// <summary>The most texts to look for in names.</summary>
    public const int MaximumNames = 64;

    private const int LongestName = 200;
    private const string NotNegative = "A price is not negative.";
    private const string ByName = "name";
    private const string Descending = "desc";

    private static readonly CompareInfo Texts = CultureInfo.InvariantCulture.CompareInfo;

    /// <summary>Whether products are sorted by name, not by price.</summary>
    public bool IsByName => Sort == ByName;

    /// <summary>Whether the order is descending.</summary>
    public bool IsDescending => Order == Descending;

    /// <summary>The most products on this page.</summary>
    public int PageSize => Limit ?? DefaultLimit;

    /// <summary>Whether only products with a text in their name are wanted. Every name has the empty text in it.</summary>
    public bool IsNamed => Name is { Length: > 0 } && Array.TrueForAll(Name, name => name.Length > 0);

    /// <summary>The price range, as Redis compares it.</summary>
    public (double From, double To) Prices => ((double)(MinPrice ?? decimal.MinValue), (double)(MaxPrice ?? decimal.MaxValue));

    /// <summary>The end of the previous page; <see langword="null"/> on the first.</summary>
    internal ProductPosition? After => Cursor is null ? null : ProductPosition.Parse(Cursor);

    /// <summary>The errors that no annotation finds, by the name of the parameter.</summary>
    internal Dictionary<string, string[]> Check()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (MinPrice > MaxPrice)
            errors["maxPrice"] = ["It is not less than minPrice."];
        if (Name is not null && Array.Exists(Name, name => name.Length > LongestName))
            errors["name"] = ["It has at most 200 characters."];
        if (Cursor is not null && After is null)
            errors["cursor"] = ["This is the 'next' of no page."];
        return errors;
    }

    /// <summary>Whether a product matches the filter.</summary>
    public bool Matches(Product product) =>
        (Category is null || product.Category == Category)
        && (MinPrice is null || product.Price >= MinPrice)
        && (MaxPrice is null || product.Price <= MaxPrice)
        && (InStock is null || product.InStock == InStock)
        && (!IsNamed || Array.Exists(Name!, name => Texts.IndexOf(product.Name, name, CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace) >= 0));

    /// <summary>Compares two positions in the order of the list; products with equal values are ordered by id.</summary>
    internal int Compare(ProductPosition one, ProductPosition other)
    {
        var order = IsByName ? Texts.Compare(one.Name, other.Name, CompareOptions.IgnoreCase) : one.Price.CompareTo(other.Price);
        if (order == 0)
            order = string.CompareOrdinal(one.Id, other.Id);
        return IsDescending ? -order : order;
    }
}
