namespace RedisAspire.ApiService.Db;

/// <summary>The answer of <c>PUT /api/db/products/{id}</c>.</summary>
/// <param name="Product">The product as it is kept now.</param>
/// <param name="AcknowledgedReplicas">How many replicas are known to have it.</param>
/// <param name="Durable">Whether those are as many as there have to be.</param>
/// <param name="Explanation">What it means when they are not.</param>
internal sealed record SavedProductResponse(ProductResponse Product, int AcknowledgedReplicas, bool Durable, string? Explanation);
