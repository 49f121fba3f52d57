namespace RedisAspire.Web.Api;

/// <summary>A node's part in the replication.</summary>
/// <param name="SecondsSinceMaster">On a replica, how long ago it last heard of its master.</param>
public sealed record NodeReplicationResponse(double? SecondsSinceMaster);
