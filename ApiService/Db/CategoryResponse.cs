namespace RedisAspire.ApiService.Db;

/// <summary>A category of products.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Products">How many products are of it.</param>
internal sealed record CategoryResponse(string Name, long Products);
