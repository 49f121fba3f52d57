using Microsoft.Extensions.Configuration;

namespace RedisAspire.Caching.Topology;

/// <summary>How the nodes are named in the configuration.</summary>
public static class RedisNodeNames
{
    /// <summary>The node that is the master at first.</summary>
    public const string Master = "redis-master";

    /// <summary>What the name of every other node starts with; a number follows.</summary>
    public const string ReplicaPrefix = "redis-replica-";

    /// <summary>What the name of every sentinel starts with; a number follows.</summary>
    public const string SentinelPrefix = "redis-sentinel-";

    /// <summary>The connection strings of all nodes.</summary>
    /// <param name="configuration">The application's configuration.</param>
    /// <returns>Name and connection string of each.</returns>
    public static IEnumerable<KeyValuePair<string, string>> ConnectionStrings(IConfiguration? configuration) =>
        ConnectionStrings(configuration, static name => name == Master || name.StartsWith(ReplicaPrefix, StringComparison.Ordinal));

    /// <summary>The connection strings of all sentinels.</summary>
    /// <param name="configuration">The application's configuration.</param>
    /// <returns>Name and connection string of each.</returns>
    public static IEnumerable<KeyValuePair<string, string>> SentinelConnectionStrings(IConfiguration? configuration) =>
        ConnectionStrings(configuration, static name => name.StartsWith(SentinelPrefix, StringComparison.Ordinal));

    private static IEnumerable<KeyValuePair<string, string>> ConnectionStrings(IConfiguration? configuration, Predicate<string> isWanted)
    {
        foreach (var entry in configuration?.GetSection("ConnectionStrings").GetChildren() ?? [])
        {
            if (entry.Value is { Length: > 0 } connectionString && isWanted(entry.Key))
                yield return new(entry.Key, connectionString);
        }
    }
}
