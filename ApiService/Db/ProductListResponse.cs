namespace RedisAspire.ApiService.Db;

/// <summary>A page of products.</summary>
/// <param name="Items">The products.</param>
/// <param name="Next">The <c>cursor</c> of the next page; nothing at the last.</param>
/// <param name="Total">How many there are on all pages, where that is known.</param>
/// <param name="Source">Always <c>redis_db</c>.</param>
/// <param name="Node">The Redis node that answered.</param>
internal sealed record ProductListResponse(IReadOnlyList<Product> Items, string? Next, long? Total, string Source, string Node);
