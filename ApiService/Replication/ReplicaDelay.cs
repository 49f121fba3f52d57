namespace RedisAspire.ApiService.Replication;

/// <summary>When a replica had the marker that was written on the master.</summary>
/// <param name="Node">The replica.</param>
/// <param name="Status"><c>read</c>, <c>late</c> when it did not have it in time, or <c>down</c>.</param>
/// <param name="ReadableAfterMs">How long after the write was sent the marker could be read.</param>
/// <param name="Error">Why it could not.</param>
internal sealed record ReplicaDelay(string Node, string Status, double? ReadableAfterMs, string? Error)
{
    internal bool IsRead => Status == "read";

    internal string Describe() => IsRead ? FormattableString.Invariant($"{Node} had it after {ReadableAfterMs} ms.") : $"{Node}: {Error}";
}
