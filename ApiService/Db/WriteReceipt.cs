namespace RedisAspire.ApiService.Db;

/// <summary>What is known of a write that the master has made.</summary>
/// <param name="IsNew">Whether there was nothing before.</param>
/// <param name="AcknowledgedReplicas">How many replicas are known to have it.</param>
internal readonly record struct WriteReceipt(bool IsNew, int AcknowledgedReplicas);
