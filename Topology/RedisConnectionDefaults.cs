using StackExchange.Redis;

namespace RedisAspire.Topology;

/// <summary>How every connection to a node or sentinel is configured. The only place that configures it.</summary>
public static class RedisConnectionDefaults
{
    /// <summary>Applies the settings for the application's commands to <paramref name="options"/> and returns it.</summary>
    /// <param name="options">Options parsed from a node's connection string.</param>
    public static ConfigurationOptions Apply(ConfigurationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        // An absent node is connected as soon as it comes.
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 1000;
        options.ConnectRetry = 1;
        options.ReconnectRetryPolicy = new LinearRetry(250);
        // A command for a node that is away fails at once: another node, or the source, answers instead.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        // A connection on which a command has timed out and nothing was received for four time-outs is closed and made
        // anew: it is dead and the operating system does not know it.
        options.AsyncTimeout = 1500;
        options.SyncTimeout = 1500;
        // How often the client looks for time-outs, dead connections and nodes that are back.
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(250);
        options.Protocol = RedisProtocol.Resp3;
        // The client regards INFO as a command of administrators, however it is sent. The access control lists of the
        // nodes decide which commands are allowed.
        options.AllowAdmin = true;
        // One multiplexer knows one node: there is nothing to agree on between masters, and no other client to notify.
        options.TieBreaker = "";
        options.ConfigurationChannel = "";
        // What the client would ask when it connects, and has no permission for or no use of.
        options.CommandMap = CommandMap.Create(["CLUSTER", "CONFIG", "SENTINEL"], available: false);
        options.ClientName = "RedisAspire";
        return options;
    }

    /// <summary>The settings for a node's operator user, which may change roles and settings.</summary>
    internal static ConfigurationOptions ForOperator(ConfigurationOptions node, string? user, string? password)
    {
        var options = ForUser(node, user, password, "RedisAspire-operator");
        // ECHO is no command of the operator's user: the client checks the connection with PING.
        options.CommandMap = CommandMap.Create(["CLUSTER", "ECHO", "SENTINEL"], available: false);
        return options;
    }

    /// <summary>The settings for a node's user that may only read.</summary>
    internal static ConfigurationOptions ForReader(ConfigurationOptions node, string user, string? password) => ForUser(node, user, password, "RedisAspire-reader");

    /// <summary>The settings for a sentinel.</summary>
    internal static ConfigurationOptions ForSentinel(ConfigurationOptions sentinel)
    {
        var options = Apply(sentinel.Clone());
        options.CommandMap = CommandMap.Sentinel;
        // Subscriptions go over the one connection: what a sentinel announces and answers is little.
        options.SharedSubscriptionConnection = true;
        return options;
    }

    private static ConfigurationOptions ForUser(ConfigurationOptions node, string? user, string? password, string clientName)
    {
        var options = Apply(node.Clone());
        if (user is not null)
            (options.User, options.Password) = (user, password);
        // Sentinels close a node's connections when its role changes. A command waits until there is a new one.
        options.BacklogPolicy = BacklogPolicy.Default;
        // CLIENT SETINFO is no command of these users.
        options.SetClientLibrary = false;
        options.ClientName = clientName;
        return options;
    }
}
