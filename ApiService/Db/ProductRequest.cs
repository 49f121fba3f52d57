using System.Text;
using System.Text.Json.Serialization;

namespace RedisAspire.ApiService.Db;

/// <summary>A product as a client gives it.</summary>
/// <param name="Name">Its name: 1 to 200 characters.</param>
/// <param name="Price">Its price: 0 to 1,000,000, with at most two decimals.</param>
/// <param name="Category">What kind of product it is: 1 to 64 characters.</param>
/// <param name="InStock">Whether it can be had now.</param>
/// <param name="Features">What it is praised for: at most 20 features of 1 to 100 characters.</param>
/// <param name="Id">What it is known by, as an answer says it: that of the address.</param>
/// <param name="Version">Its version, as an answer says it. A write gives it a new one, whatever it is here.</param>
internal sealed record ProductRequest(
    string Name,
    decimal Price,
    string Category,
    [property: JsonPropertyName("in_stock")] bool InStock,
    IReadOnlyList<string>? Features = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Version = null)
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
    /// <param name="id">The id in the address; <see langword="null"/> when one is made up.</param>
    public Dictionary<string, string[]> Check(string? id = null)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        Note("name", FaultOf(Name, MaximumNameLength));
        Note("id", Id is null || Id == id ? null : id is null ? "It is made up, and cannot be given." : "It is that of the address.");
        Note("version", Version is null || Id is not null ? null : "It cannot be set.");
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
