namespace RedisAspire.ApiService.Db;

/// <summary>The entity tag of a product, which is its version, and what conditions say of it.</summary>
internal static class ProductTag
{
    public static string Of(Product product) => string.Create(CultureInfo.InvariantCulture, $"\"{product.Version}\"");

    /// <summary>The versions that a condition allows, each between commas; <c>*</c> for any; empty when the product need not exist.</summary>
    public static string Versions(this WriteCondition condition) =>
        condition.IfMatch is null ? "" : condition.AllowsAny ? "*" : $",{string.Join(',', condition.TaggedVersions())},";

    public static bool Allows(this WriteCondition condition, Product product) =>
        !condition.MustBeNew && (condition.AllowsAny || condition.TaggedVersions().Contains(product.Version));

    // A weak tag, and one that is no version, is the ETag of no product.
    private static IEnumerable<long> TaggedVersions(this WriteCondition condition) =>
        from tag in condition.Tags
        where !tag.IsWeak
        select long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;
}
