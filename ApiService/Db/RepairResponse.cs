namespace RedisAspire.ApiService.Db;

/// <summary>What was put right.</summary>
/// <param name="Repaired">How often a product and its indexes did not agree.</param>
/// <param name="Drift">The first hundred of them, as they were.</param>
/// <param name="Source">Always <c>redis_db</c>.</param>
/// <param name="Node">The Redis node that was repaired; its replicas follow.</param>
internal sealed record RepairResponse(long Repaired, IReadOnlyCollection<DriftResponse> Drift, string Source, string? Node);
