namespace RedisAspire.Hosting;

/// <summary>
/// What <c>redis.conf</c> and <c>sentinel.conf</c> say. Passwords in them are parameters: they become known where the
/// node starts, and appear in no argument of a process.
/// </summary>
internal static class RedisConfiguration
{
    /// <summary>What the sentinels call the replication.</summary>
    public const string SentinelServiceName = "mymaster";

    /// <summary>
    /// Writes the configuration it finds in its environment into a file that only Redis can read, and starts Redis with
    /// it. Redis and the sentinels note in that file who follows whom; so it is kept until it is to be another one.
    /// Nothing of its environment remains. The official image's own start script gives up the rights of root.
    /// </summary>
    public static string StartScript(RedisMember member)
    {
        var command = $"redis-server ./redis.conf{(member.IsSentinel ? " --sentinel" : "")}";
        return $$"""
            set -eu
            umask 077
            cd "$REDIS_DIRECTORY"
            chmod 700 . || true
            if [ "$(cat configured 2> /dev/null)" != "$(printf '%s' "$REDIS_CONFIGURATION")" ]; then
              printf '%s\n' "$REDIS_CONFIGURATION" > redis.conf
              cp redis.conf configured
            fi
            command -v docker-entrypoint.sh > /dev/null && exec env -i PATH="$PATH" docker-entrypoint.sh {{command}}
            exec env -i PATH="$PATH" {{command}}
            """;
    }

    /// <summary>A node's configuration.</summary>
    public static ReferenceExpression OfNode(RedisReplicationResource redis, RedisMember node)
    {
        var (settings, replication) = (redis.Settings, redis.Credentials.Replication);
        var text = Listen(redis, node);
        foreach (var user in redis.Credentials.All)
            text.Append($"user {user.Name} on >{user.Password} {user.Rules}\n");
        text.Append($"masteruser {replication.Name}\nmasterauth {replication.Password}\n");
        text.Append($"replica-announce-ip {node.Endpoint.Property(EndpointProperty.IPV4Host)}\nreplica-announce-port {node.Endpoint.Property(EndpointProperty.Port)}\n");
        if (settings.MaxMemory is not null)
            text.Append($"maxmemory {settings.MaxMemory}\nmaxmemory-policy {settings.MaxMemoryPolicy}\n");
        text.AppendLiteral(settings.IsAppendOnly ? "appendonly yes\nappendfsync everysec\nsave \"\"\n" : "save \"\"\n");
        text.AppendLiteral("repl-diskless-sync yes\nrepl-diskless-sync-delay 0\nreplica-serve-stale-data yes\n");

        var master = redis.NodeMembers.First();
        if (node != master)
            text.Append($"replicaof {master.Endpoint.Property(EndpointProperty.IPV4Host)} {master.Endpoint.Property(EndpointProperty.Port)}\n");
        return text.Build();
    }

    /// <summary>A sentinel's configuration.</summary>
    public static ReferenceExpression OfSentinel(RedisReplicationResource redis, RedisMember sentinel)
    {
        var (credentials, master) = (redis.Credentials, redis.NodeMembers.First());
        var quorum = $"{(redis.SentinelMembers.Count() / 2) + 1}";
        var text = Listen(redis, sentinel);
        text.Append($"requirepass {credentials.Application.Password}\nsentinel sentinel-pass {credentials.Application.Password}\n");
        text.Append($"sentinel announce-ip {sentinel.Endpoint.Property(EndpointProperty.IPV4Host)}\nsentinel announce-port {sentinel.Endpoint.Property(EndpointProperty.Port)}\n");
        // Containers are known by name: their addresses change when they start again.
        text.AppendLiteral(redis.Runtime == RedisRuntime.Container ? "sentinel resolve-hostnames yes\nsentinel announce-hostnames yes\n" : "");
        text.Append($"sentinel monitor {SentinelServiceName} {master.Endpoint.Property(EndpointProperty.IPV4Host)} {master.Endpoint.Property(EndpointProperty.Port)} {quorum}\n");
        text.Append($"sentinel auth-user {SentinelServiceName} {credentials.Sentinel.Name}\nsentinel auth-pass {SentinelServiceName} {credentials.Sentinel.Password}\n");
        text.Append($"sentinel down-after-milliseconds {SentinelServiceName} 2000\nsentinel failover-timeout {SentinelServiceName} 3000\nsentinel parallel-syncs {SentinelServiceName} 1\n");
        return text.Build();
    }

    private static ReferenceExpressionBuilder Listen(RedisReplicationResource redis, RedisMember member)
    {
        var text = new ReferenceExpressionBuilder();
        text.AppendLiteral(redis.Runtime == RedisRuntime.Process ? "bind 127.0.0.1 -::1\n" : "bind * -::*\n");
        text.Append($"port {member.Endpoint.Property(EndpointProperty.TargetPort)}\n");
        return text;
    }
}
