using StackExchange.Redis;

namespace RedisAspire.Caching.Topology;

/// <summary>How every connection to a node of the topology is configured, whoever makes it.</summary>
public static class RedisConnectionDefaults
{
    /// <summary>Applies the settings to <paramref name="options"/> and returns it.</summary>
    /// <param name="options">Options parsed from a node's connection string.</param>
    public static ConfigurationOptions Apply(ConfigurationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        // An absent node is connected as soon as it comes.
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 1000;
        options.ConnectRetry = 1;
        options.ReconnectRetryPolicy = new LinearRetry(500);
        // INFO counts as an administrator's command in the client.
        options.AllowAdmin = true;
        // One multiplexer knows one node: there is nothing to agree on between masters, and nobody to tell.
        options.TieBreaker = "";
        options.ConfigurationChannel = "";
        // Nor is it part of a cluster, so that the client need not ask for what it has no permission to know.
        options.CommandMap = CommandMap.Create(["CLUSTER"], available: false);
        options.ClientName = "RedisAspire";
        return options;
    }
}
