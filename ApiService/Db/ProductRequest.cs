using System.Text;
using System.Text.Json.Serialization;

namespace RedisAspire.ApiService.Db;

/// <summary>A product as a client gives it.</summary>
/// <param name="Name">Its name: 1 to 200 characters.</param>
/// <param name="Price">Its price: 0 to 1,000,000, with at most two decimals.</param>
/// <param name="Category">What kind of product it is: 1 to 64 characters.</param>
/// <param name="InStock">Whether it can be had now.</param>
/// <param name="Features">What it is praised for: at most 20 features of 1 to 100 characters.</param>
internal sealed record ProductRequest(
    string Name,
    decimal Price,
    string Category,
    [property: JsonPropertyName("in_stock")] bool InStock,
    IReadOnlyList<string>? Features = null)
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaximumNameLength = 200;

    /// <summary>The longest name of a category, in characters.</summary>
    public const int MaximumCategoryLength = 64;

    /// <summary>The highest price.</summary>
    public const decimal MaximumPrice = 1_000_000;

    private const int MaximumFeatures = 20;
    private const int MaximumFeatureLength = 100;

    /// <summary>What a client would give to get the product as it is.</summary>
    public static ProductRequest Of(Product product) => new(product.Name, product.Price, product.Category, product.InStock, product.Features);

    /// <summary>The product, which gets its version when it is written.</summary>
    public Product ToProduct(string id) => new(id, Name, decimal.Round(Price, 2), Category, InStock, Features ?? []);

    /// <summary>Says what is wrong, by the name of the member.</summary>
    public Dictionary<string, string[]> Check()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        Note("name", FaultOf(Name, MaximumNameLength));
        Note("category", FaultOf(Category, MaximumCategoryLength));
        if (Price is < 0 or > MaximumPrice || decimal.Round(Price, 2) != Price)
            Note("price", FormattableString.Invariant($"A price is a number from 0 to {MaximumPrice:N0} with at most two decimals."));
        Note("features", Features?.Count > MaximumFeatures
            ? $"There are at most {MaximumFeatures} features."
            : Features?.Select(feature => FaultOf(feature, MaximumFeatureLength)).FirstOrDefault(fault => fault is not null));
        return errors;

        void Note(string member, string? fault)
        {
            if (fault is not null)
                errors[member] = [fault];
        }
    }

    private static string? FaultOf(string? text, int maximumLength)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > maximumLength)
            return $"It has 1 to {maximumLength} characters, and not only spaces.";
        return text.EnumerateRunes().Any(Rune.IsControl) ? "It has no control characters." : null;
    }
}
