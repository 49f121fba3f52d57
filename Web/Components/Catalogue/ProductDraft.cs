namespace RedisAspire.Web.Components.Catalogue;

internal sealed class ProductDraft
{
    public string Name { get; set; } = "";

    /// <summary>The price; null while it is empty.</summary>
    public decimal? Price { get; set; }

    public string Category { get; set; } = "";

    public bool InStock { get; set; } = true;

    /// <summary>The features, one per line.</summary>
    public string Features { get; set; } = "";

    public bool HasName => IsText(Name, 200);

    public bool HasCategory => IsText(Category, 64);

    public bool HasPrice => Price is >= 0 and <= 1_000_000 && decimal.Round(Price.Value, 2) == Price;

    public bool HasFeatures => Lines.Length <= 20 && Array.TrueForAll(Lines, line => IsText(line, 100));

    private string[] Lines => Features.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static ProductDraft Of(Product product) => new()
    {
        Name = product.Name,
        Price = product.Price,
        Category = product.Category,
        InStock = product.InStock,
        Features = string.Join('\n', product.Features),
    };

    public ProductRequest ToRequest() => new(Name, Price ?? 0, Category, InStock, Lines);

    private static bool IsText(string? text, int maximumLength) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= maximumLength && !text.Any(char.IsControl);
}
