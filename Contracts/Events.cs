namespace RedisAspire.Contracts;

/// <summary>Something that happened to the Redis nodes.</summary>
/// <param name="Number">Its number since the API was started.</param>
/// <param name="Time">When it was seen.</param>
/// <param name="Change"><c>up</c>, <c>down</c>, <c>role</c> (the node has another role) or <c>master</c> (writes go to another node).</param>
/// <param name="Node">The node; with <c>master</c> the one that takes writes now, none when there is no master.</param>
/// <param name="Role">The node's role.</param>
/// <param name="Before">What it was before: the role, or the node that was the master.</param>
/// <param name="Reason">Why the node is down.</param>
public sealed record TopologyChangeResponse(
    long Number,
    DateTimeOffset Time,
    string Change,
    string? Node,
    string? Role,
    string? Before,
    string? Reason);
