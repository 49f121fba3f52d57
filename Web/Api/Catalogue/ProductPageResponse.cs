namespace RedisAspire.Web.Api.Catalogue;

/// <summary>A page of products.</summary>
/// <param name="Items">The products.</param>
/// <param name="Next">The cursor of the next page; nothing at the last.</param>
/// <param name="Total">How many there are on all pages, where that is known.</param>
/// <param name="Node">The Redis node that answered.</param>
public sealed record ProductPageResponse(IReadOnlyList<ProductResponse> Items, string? Next, long? Total, string Node);
