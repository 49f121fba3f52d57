namespace RedisAspire.Caching.Tracking;

/// <summary>What a node answered to a read.</summary>
/// <param name="Value">The value; <see langword="null"/> when the key is missing.</param>
/// <param name="TimeToLive">How long the key remained; <see langword="null"/> when it never expires or is missing.</param>
/// <param name="Offset">
/// The node's replication offset shortly before the read, if asked for; <see langword="null"/> when a replica is not in touch with its master.
/// </param>
/// <param name="IsMaster">Whether the node is a master, if asked for.</param>
internal readonly record struct TrackedReply(byte[]? Value, TimeSpan? TimeToLive, long? Offset, bool? IsMaster);
