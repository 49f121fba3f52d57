namespace RedisAspire.ApiService.Db;

/// <summary>What is known of a write that the master has answered.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Version">The version that the product has now.</param>
/// <param name="AcknowledgedReplicas">How many replicas are known to have it.</param>
/// <param name="Node">The master's name.</param>
internal sealed record WriteReceipt(WriteOutcome Outcome, long Version, int AcknowledgedReplicas, string Node);
