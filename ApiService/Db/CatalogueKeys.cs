namespace RedisAspire.ApiService.Db;

/// <summary>The keys of the catalogue in Redis. None of them expires.</summary>
internal static class CatalogueKeys
{
    public const string Prefix = "db:";

    public const string ProductPrefix = Prefix + "product:";

    public const string CategoryPrefix = Prefix + "category:";

    /// <summary>A set: the id of every product.</summary>
    public static RedisKey Products { get; } = "db:products";

    /// <summary>A sorted set: the id of every product by its price.</summary>
    public static RedisKey ByPrice { get; } = "db:products:by_price";

    /// <summary>A sorted set: the name of every category that has products, by its bytes.</summary>
    public static RedisKey Categories { get; } = "db:categories";

    /// <summary>A number: the last version that was given to a product.</summary>
    public static RedisKey Version { get; } = "db:products:version";

    /// <summary>A string: one product, as JSON.</summary>
    public static RedisKey Product(string id) => ProductPrefix + id;

    /// <summary>A set: the ids of a category's products.</summary>
    public static RedisKey Category(string category) => CategoryPrefix + category;
}
