namespace RedisAspire.Web.Api.Replication;

/// <summary>When a replica had what was written on the master.</summary>
/// <param name="Node">The replica.</param>
/// <param name="ReadableAfterMs">How long after the write it could be read there; nothing when it never could.</param>
/// <param name="Error">Why it could not.</param>
public sealed record ReplicaDelay(string Node, double? ReadableAfterMs, string? Error);
