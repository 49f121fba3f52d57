namespace RedisAspire.Web.Api.Catalogue;

/// <summary>What <c>GET /api/db/categories</c> answers.</summary>
/// <param name="Items">The categories.</param>
public sealed record CategoryPageResponse(IReadOnlyList<CategoryResponse> Items);
