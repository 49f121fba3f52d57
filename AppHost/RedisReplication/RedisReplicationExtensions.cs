namespace RedisAspire.AppHost.RedisReplication;

/// <summary>Makes replicated nodes of Redis resources.</summary>
internal static class RedisReplicationExtensions
{
    /// <summary>
    /// Gives a node the settings that every node has: equal, so that any of them may be promoted. Values expire or
    /// are evicted only if they have a time to live; every write is kept on disk, because a master without
    /// persistence that restarts by itself empties its replicas.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <returns>The same node.</returns>
    public static IResourceBuilder<RedisResource> WithReplicationDefaults(this IResourceBuilder<RedisResource> node)
    {
        // Replicas reach their master on its plain port: with a developer certificate that port would speak TLS.
#pragma warning disable ASPIRECERTIFICATES001 // Still under evaluation, and the only switch there is.
        node.WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
        return node.WithArgs(
            "--masterauth", "$REDIS_PASSWORD",
            "--maxmemory", "256mb",
            "--maxmemory-policy", "volatile-lru",
            "--appendonly", "yes",
            "--repl-diskless-sync-delay", "0",
            "--replica-serve-stale-data", "yes");
    }

    /// <summary>Makes a node follow a master.</summary>
    /// <param name="replica">The node that follows.</param>
    /// <param name="master">The node that is followed.</param>
    /// <returns>The replica.</returns>
    public static IResourceBuilder<RedisResource> AsReplicaOf(this IResourceBuilder<RedisResource> replica, IResourceBuilder<RedisResource> master) => replica
        .WithParentRelationship(master)
        .WaitFor(master)
        .WithArgs("--replicaof", master.Resource.PrimaryEndpoint.Property(EndpointProperty.Host), master.Resource.PrimaryEndpoint.Property(EndpointProperty.Port));
}
