using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace RedisAspire.ApiService.Db;

/// <summary>Which products are wanted, in which order.</summary>
/// <param name="Category">Only those of a category.</param>
/// <param name="MinPrice">Only those that cost as much or more.</param>
/// <param name="MaxPrice">Only those that cost as much or less.</param>
/// <param name="InStock">Only those that can, or cannot, be had now.</param>
/// <param name="Name">Only those with a text in their name, whatever its case and accents.</param>
/// <param name="Sort">By <c>price</c>, as without, or by <c>name</c>.</param>
/// <param name="Order"><c>asc</c>, as without, or <c>desc</c>.</param>
/// <param name="Limit">How many at most: 1 to 200, 20 without.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ProductQuery(
    [FromQuery(Name = "category")] string? Category = null,
    [FromQuery(Name = "minPrice")] decimal? MinPrice = null,
    [FromQuery(Name = "maxPrice")] decimal? MaxPrice = null,
    [FromQuery(Name = "inStock")] bool? InStock = null,
    [FromQuery(Name = "name")] string? Name = null,
    [FromQuery(Name = "sort")] string? Sort = null,
    [FromQuery(Name = "order")] string? Order = null,
    [FromQuery(Name = "limit")] int? Limit = null,
    [FromQuery(Name = "cursor")] string? Cursor = null)
{
    /// <summary>How many products a page has.</summary>
    public const int DefaultLimit = 20;

    /// <summary>How many products a page may have.</summary>
    public const int MaximumLimit = 200;

    private const string ByName = "name";
    private const string Descending = "desc";

    private static readonly CompareInfo Texts = CultureInfo.InvariantCulture.CompareInfo;

    /// <summary>Whether products are wanted by name, not by price.</summary>
    public bool IsByName => Sort == ByName;

    /// <summary>Whether the last are wanted first.</summary>
    public bool IsDescending => Order == Descending;

    /// <summary>How many products the page may have.</summary>
    public int PageSize => Limit ?? DefaultLimit;

    /// <summary>The price range, as Redis compares it.</summary>
    public (double From, double To) Prices => ((double)(MinPrice ?? decimal.MinValue), (double)(MaxPrice ?? decimal.MaxValue));

    /// <summary>Where the page before ended; <see langword="null"/> at the first.</summary>
    public ProductPosition? After => Cursor is null ? null : ProductPosition.Parse(Cursor);

    /// <summary>Says what is wrong, by the name of the parameter.</summary>
    public Dictionary<string, string[]> Check()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        Note("category", Category?.Length > ProductMapping.MaximumCategoryLength, $"It has at most {ProductMapping.MaximumCategoryLength} characters.");
        Note("name", Name?.Length > ProductMapping.MaximumNameLength, $"It has at most {ProductMapping.MaximumNameLength} characters.");
        Note("minPrice", MinPrice < 0, "A price is not negative.");
        Note("maxPrice", MaxPrice < 0, "A price is not negative.");
        Note("maxPrice", MinPrice > MaxPrice, "It is not less than minPrice.");
        Note("sort", Sort is not (null or "price" or ByName), "Products can be sorted by 'price' or by 'name'.");
        Note("order", Order is not (null or "asc" or Descending), "The order is 'asc' or 'desc'.");
        Note("limit", Limit is < 1 or > MaximumLimit, $"A page has 1 to {MaximumLimit} products.");
        Note("cursor", Cursor is not null && After is null, "This is the 'next' of no page.");
        return errors;

        void Note(string parameter, bool isWrong, string fault)
        {
            if (isWrong)
                errors[parameter] = [fault];
        }
    }

    /// <summary>Whether a product is wanted.</summary>
    public bool Matches(Product product) =>
        (Category is null || product.Category == Category)
        && (MinPrice is null || product.Price >= MinPrice)
        && (MaxPrice is null || product.Price <= MaxPrice)
        && (InStock is null || product.InStock == InStock)
        && (string.IsNullOrEmpty(Name) || Texts.IndexOf(product.Name, Name, CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace) >= 0);

    /// <summary>Compares as the wanted order does; of two that are alike, the ids decide.</summary>
    public int Compare(ProductPosition one, ProductPosition other)
    {
        var order = IsByName ? Texts.Compare(one.Name, other.Name, CompareOptions.IgnoreCase) : one.Price.CompareTo(other.Price);
        if (order == 0)
            order = string.CompareOrdinal(one.Id, other.Id);
        return IsDescending ? -order : order;
    }
}
