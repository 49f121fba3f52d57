namespace RedisAspire.Web.Api.Catalogue;

/// <summary>A category of products.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Products">How many products are of it.</param>
public sealed record CategoryResponse(string Name, long Products);
