namespace RedisAspire.ApiService.Db;

/// <summary>A page of categories.</summary>
/// <param name="Items">The categories.</param>
/// <param name="Next">The <c>cursor</c> of the next page; nothing at the last.</param>
/// <param name="Source">Always <c>redis_db</c>.</param>
/// <param name="Node">The Redis node that answered.</param>
internal sealed record CategoryListResponse(IReadOnlyList<CategoryResponse> Items, string? Next, string Source, string Node);
