using System.Globalization;
using System.Text;

namespace RedisAspire.Hosting;

/// <summary>
/// The contents of <c>redis.conf</c> and <c>sentinel.conf</c>, in one place for containers, processes, published nodes and tests.
/// See https://redis.io/docs/latest/operate/oss_and_stack/management/config/.
/// </summary>
internal static class RedisConfiguration
{
    /// <summary>The name of the replication at the sentinels.</summary>
    public const string SentinelServiceName = "mymaster";

    /// <summary>A node's configuration.</summary>
    /// <param name="settings">The settings that all nodes share.</param>
    /// <param name="users">The users and their permissions.</param>
    /// <param name="node">Where it listens and keeps its data.</param>
    /// <param name="master">The node it follows; none if it is the master.</param>
    public static string OfNode(RedisNodeSettings settings, RedisUsers users, RedisPlace node, RedisPlace? master)
    {
        var text = Listen(node);
        foreach (var user in users.All)
            Append(text, user.ToConfiguration(users.IsHashed));
        Append(text, $"masteruser {Quote(users.Replication.Name)}");
        Append(text, $"masterauth {Quote(users.Replication.Password)}");
        // Sentinels rename the command in the same way. Another Redis that now listens at the address of a former node does
        // not know the command by this name, and so cannot be made to follow ours and lose its data.
        if (users.FollowCommand is { } follow)
            Append(text, $"rename-command SLAVEOF {follow}");
        Append(text, $"replica-announce-ip {node.PeerHost}");
        Append(text, $"replica-announce-port {node.PeerPort}");
        if (settings.MaxMemory is not null)
        {
            Append(text, $"maxmemory {settings.MaxMemory}");
            Append(text, $"maxmemory-policy {NameOf(settings.EvictionPolicy)}");
        }

        if (settings.IsAppendOnly)
        {
            Append(text, "appendonly yes");
            Append(text, "appendfsync everysec");
        }

        Append(text, settings.SnapshotInterval is { } interval
            ? string.Create(CultureInfo.InvariantCulture, $"save {(long)interval.TotalSeconds} {settings.SnapshotThreshold}")
            : "save \"\"");
        // Otherwise a replica would write what it gets from the master to a file, before it reads it.
        if (settings.Data is { IsReadOnly: true })
            Append(text, "repl-diskless-load swapdb");
        Append(text, "repl-diskless-sync yes");
        Append(text, "repl-diskless-sync-delay 0");
        Append(text, "replica-serve-stale-data yes");
        if (master is not null)
            Append(text, $"replicaof {master.PeerHost} {master.PeerPort}");
        return text.ToString();
    }

    /// <summary>A sentinel's configuration.</summary>
    /// <param name="users">The users and their permissions.</param>
    /// <param name="sentinel">Where it listens.</param>
    /// <param name="master">The node that is the master now.</param>
    /// <param name="sentinels">How many sentinels there are: most of them have to agree.</param>
    public static string OfSentinel(RedisUsers users, RedisPlace sentinel, RedisPlace master, int sentinels)
    {
        var text = Listen(sentinel);
        Append(text, $"requirepass {Quote(users.Application.Password)}");
        Append(text, $"sentinel sentinel-pass {Quote(users.Application.Password)}");
        Append(text, $"sentinel announce-ip {sentinel.PeerHost}");
        Append(text, $"sentinel announce-port {sentinel.PeerPort}");
        // Containers are known by name: their addresses change when they start again.
        if (sentinel.IsContainer)
        {
            Append(text, "sentinel resolve-hostnames yes");
            Append(text, "sentinel announce-hostnames yes");
        }

        Append(text, string.Create(CultureInfo.InvariantCulture, $"sentinel monitor {SentinelServiceName} {master.PeerHost} {master.PeerPort} {(sentinels / 2) + 1}"));
        Append(text, $"sentinel auth-user {SentinelServiceName} {Quote(users.Sentinel.Name)}");
        Append(text, $"sentinel auth-pass {SentinelServiceName} {Quote(users.Sentinel.Password)}");
        if (users.FollowCommand is { } follow)
            Append(text, $"sentinel rename-command {SentinelServiceName} SLAVEOF {follow}");
        Append(text, $"sentinel down-after-milliseconds {SentinelServiceName} 2000");
        Append(text, $"sentinel failover-timeout {SentinelServiceName} 3000");
        Append(text, $"sentinel parallel-syncs {SentinelServiceName} 1");
        return text.ToString();
    }

    /// <summary>Writes a configuration to a file that only its owner can read.</summary>
    /// <param name="path">The file; its directory is made if it is not there.</param>
    /// <param name="configuration">The configuration.</param>
    /// <param name="cancellationToken">Cancels writing.</param>
    public static async Task WriteAsync(string path, string configuration, CancellationToken cancellationToken)
    {
        var directory = Path.GetDirectoryName(path)!;
        // Redis makes the file readable for all when it rewrites it, so the directory has to be closed.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
        await writer.WriteAsync(configuration.AsMemory(), cancellationToken);
    }

    /// <summary>A value as Redis reads it from its configuration, whatever characters it has.</summary>
    public static string Quote(string value) => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>What Redis calls a policy: <c>volatile-lru</c>, for example.</summary>
    private static string NameOf(RedisEvictionPolicy policy) => policy switch
    {
        RedisEvictionPolicy.NoEviction => "noeviction",
        RedisEvictionPolicy.AllKeysLru => "allkeys-lru",
        RedisEvictionPolicy.AllKeysLfu => "allkeys-lfu",
        RedisEvictionPolicy.AllKeysRandom => "allkeys-random",
        RedisEvictionPolicy.VolatileLru => "volatile-lru",
        RedisEvictionPolicy.VolatileLfu => "volatile-lfu",
        RedisEvictionPolicy.VolatileRandom => "volatile-random",
        RedisEvictionPolicy.VolatileTtl => "volatile-ttl",
        _ => throw new ArgumentOutOfRangeException(nameof(policy), policy, message: null),
    };

    private static StringBuilder Listen(RedisPlace place)
    {
        var text = new StringBuilder();
        Append(text, place.IsContainer ? "bind * -::*" : "bind 127.0.0.1 -::1");
        Append(text, $"port {place.Port}");
        Append(text, $"dir {Quote(place.Directory)}");
        return text;
    }

    private static void Append(StringBuilder text, string line) => text.Append(line).Append('\n');
}

/// <summary>Where a node or sentinel listens and keeps its data, and its address for the others.</summary>
/// <param name="Port">The port it listens on.</param>
/// <param name="Directory">Where it keeps its data.</param>
/// <param name="PeerHost">The host by which nodes and sentinels reach it.</param>
/// <param name="PeerPort">The port by which they do.</param>
/// <param name="IsContainer">Whether it has a network of its own; otherwise it listens on loopback only.</param>
internal sealed record RedisPlace(string Port, string Directory, string PeerHost, string PeerPort, bool IsContainer)
{
    /// <summary>A process on this machine.</summary>
    public static RedisPlace OnLoopback(int port, string directory)
    {
        var text = port.ToString(CultureInfo.InvariantCulture);
        return new(text, directory, "127.0.0.1", text, IsContainer: false);
    }
}
