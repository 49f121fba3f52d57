namespace RedisAspire.Web.Components.Catalogue;

/// <summary>A product in the form of the dialog.</summary>
public sealed class ProductDraft
{
    private const int MaximumNameLength = 200;
    private const int MaximumCategoryLength = 64;
    private const int MaximumFeatures = 20;
    private const int MaximumFeatureLength = 100;
    private const decimal MaximumPrice = 1_000_000;

    /// <summary>The name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The price; null while it is empty.</summary>
    public decimal? Price { get; set; }

    /// <summary>The category.</summary>
    public string Category { get; set; } = "";

    /// <summary>Whether the product is in stock.</summary>
    public bool InStock { get; set; } = true;

    /// <summary>The features, one per line.</summary>
    public string Features { get; set; } = "";

    /// <summary>Whether the name is valid.</summary>
    public bool HasName => IsText(Name, MaximumNameLength);

    /// <summary>Whether the category is valid.</summary>
    public bool HasCategory => IsText(Category, MaximumCategoryLength);

    /// <summary>Whether the price is valid.</summary>
    public bool HasPrice => Price is >= 0 and <= MaximumPrice && decimal.Round(Price.Value, 2) == Price;

    /// <summary>Whether the features are valid.</summary>
    public bool HasFeatures => Lines.Length <= MaximumFeatures && Array.TrueForAll(Lines, line => IsText(line, MaximumFeatureLength));

    private string[] Lines => Features.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Makes the draft from a product.</summary>
    /// <param name="product">The product.</param>
    /// <returns>The draft.</returns>
    public static ProductDraft Of(Product product) => new()
    {
        Name = product.Name,
        Price = product.Price,
        Category = product.Category,
        InStock = product.InStock,
        Features = string.Join('\n', product.Features),
    };

    /// <summary>Makes the request to the API.</summary>
    /// <returns>The request.</returns>
    public ProductRequest ToRequest() => new(Name, Price ?? 0, Category, InStock, Lines);

    private static bool IsText(string? text, int maximumLength) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= maximumLength && !text.Any(char.IsControl);
}
