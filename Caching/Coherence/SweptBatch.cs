namespace RedisAspire.Caching.Coherence;

/// <summary>What one step of an <see cref="EntrySweeper"/> has removed.</summary>
/// <param name="Removed">How many entries.</param>
/// <param name="Offset">The master's replication offset, past their removal; <see langword="null"/> when there are no replicas.</param>
internal sealed record SweptBatch(long Removed, long? Offset);
