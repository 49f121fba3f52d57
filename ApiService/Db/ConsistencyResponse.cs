namespace RedisAspire.ApiService.Db;

/// <summary>Whether products and indexes agree.</summary>
/// <param name="Consistent">Whether all do.</param>
/// <param name="Complete">Whether all were compared; not when the limit was reached before.</param>
/// <param name="Products">How many products are listed.</param>
/// <param name="Drift">Those that do not agree.</param>
/// <param name="Source">Always <c>redis_db</c>.</param>
/// <param name="Node">The Redis node that answered.</param>
internal sealed record ConsistencyResponse(bool Consistent, bool Complete, long Products, IReadOnlyCollection<DriftResponse> Drift, string Source, string? Node);
