using StackExchange.Redis;

namespace RedisAspire.Caching.Topology;

/// <summary>What the client keeps apart from the commands about keys.</summary>
public static class RedisDatabaseExtensions
{
    /// <summary>The commands about the node as a whole, sent on the same connection. There is one: a connection knows no other node.</summary>
    /// <param name="database">The node's other commands.</param>
    public static IServer Server(this IDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.Multiplexer.GetServers()[0];
    }
}
