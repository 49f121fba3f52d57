namespace RedisAspire.ApiService.Db;

/// <summary>A product, and where it comes from.</summary>
/// <param name="Data">The product.</param>
/// <param name="Source">Always <c>redis_db</c>: Redis is the database here, not its cache.</param>
/// <param name="Node">The Redis node that answered.</param>
internal sealed record ProductResponse(Product Data, string Source, string? Node)
{
    /// <summary>What <see cref="Source"/> says.</summary>
    public const string RedisDb = "redis_db";
}
