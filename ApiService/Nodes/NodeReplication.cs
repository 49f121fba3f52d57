using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Nodes;

/// <summary>A node's part in the replication.</summary>
/// <param name="BacklogBytes">How much of the replication stream it keeps for replicas that were away.</param>
/// <param name="SecondsSinceMaster">On a replica, how long ago it last heard of its master.</param>
/// <param name="Replicas">On a master, its replicas as it sees them.</param>
internal sealed record NodeReplication(long? BacklogBytes, double? SecondsSinceMaster, IReadOnlyList<RedisReplicaLink> Replicas);
