namespace RedisAspire.ApiService.Db;

/// <summary>What was added to the catalogue.</summary>
/// <param name="Added">How many products were missing.</param>
/// <param name="Kept">How many were there, whatever has become of them.</param>
/// <param name="AcknowledgedReplicas">How many replicas are known to have all of them.</param>
/// <param name="Durable">Whether those are as many as there have to be.</param>
/// <param name="Explanation">What it means when they are not.</param>
internal sealed record SeedResponse(int Added, int Kept, int AcknowledgedReplicas, bool Durable, string? Explanation);
