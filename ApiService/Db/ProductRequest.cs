using System.Text;

namespace RedisAspire.ApiService.Db;

/// <summary>The body of <c>PUT /api/db/products/{id}</c>.</summary>
/// <param name="Name">Its name: 1 to 200 characters.</param>
/// <param name="Category">What kind of product it is: 1 to 64 characters.</param>
/// <param name="Price">Its price: 0 to 1,000,000, with at most two decimals.</param>
/// <param name="Stock">How many there are: 0 or more.</param>
internal sealed record ProductRequest(string Name, string Category, decimal Price, int Stock)
{
    private const int MaximumNameLength = 200;
    private const int MaximumCategoryLength = 64;
    private const decimal MaximumPrice = 1_000_000;

    /// <summary>Says what is wrong, by the name of the member.</summary>
    public Dictionary<string, string[]> Check()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        CheckText("name", Name, MaximumNameLength, errors);
        CheckText("category", Category, MaximumCategoryLength, errors);
        if (Price is < 0 or > MaximumPrice || decimal.Round(Price, 2) != Price)
            errors["price"] = [FormattableString.Invariant($"A price is a number from 0 to {MaximumPrice:N0} with at most two decimals.")];
        if (Stock < 0)
            errors["stock"] = ["A stock is a whole number and not negative."];
        return errors;
    }

    private static void CheckText(string member, string text, int maximumLength, Dictionary<string, string[]> errors)
    {
        if (text.Length == 0 || text.Length > maximumLength || string.IsNullOrWhiteSpace(text))
            errors[member] = [$"It has 1 to {maximumLength} characters, and not only spaces."];
        else if (text.EnumerateRunes().Any(Rune.IsControl))
            errors[member] = ["It has no control characters."];
    }
}
