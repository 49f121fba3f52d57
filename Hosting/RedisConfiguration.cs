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

    /// <summary>The configuration of a node that follows <paramref name="master"/>, or is the master if none is given.</summary>
    public static string OfNode(RedisNodeSettings settings, RedisUsers users, RedisPlace node, RedisPlace? master) => Join(
    [
        .. Listen(node),
        .. users.All.Select(user => user.ToConfiguration(users.IsHashed)),
        $"masteruser {Quote(users.Replication.Name)}",
        $"masterauth {Quote(users.Replication.Password)}",
        // Sentinels rename the command in the same way. Another Redis that now listens at the address of a former node does
        // not know the command by this name, and so cannot be made to follow ours and lose its data.
        users.FollowCommand is { } follow ? $"rename-command SLAVEOF {follow}" : null,
        $"replica-announce-ip {node.PeerHost}",
        $"replica-announce-port {node.PeerPort}",
        settings.MaxMemory is { } limit ? $"maxmemory {limit}\nmaxmemory-policy {NameOf(settings.EvictionPolicy)}" : null,
        settings.IsAppendOnly ? "appendonly yes\nappendfsync everysec" : null,
        settings.SnapshotInterval is { } interval ? string.Create(CultureInfo.InvariantCulture, $"save {(long)interval.TotalSeconds} {settings.SnapshotThreshold}") : "save \"\"",
        // Otherwise a replica would write what it gets from the master to a file, before it reads it.
        settings.Data is { IsReadOnly: true } ? "repl-diskless-load swapdb" : null,
        "repl-diskless-sync yes",
        "repl-diskless-sync-delay 0",
        "replica-serve-stale-data yes",
        master is not null ? $"replicaof {master.PeerHost} {master.PeerPort}" : null,
    ]);

    /// <summary>The configuration of one of <paramref name="sentinels"/> sentinels, of which most have to agree.</summary>
    public static string OfSentinel(RedisUsers users, RedisPlace sentinel, RedisPlace master, int sentinels) => Join(
    [
        .. Listen(sentinel),
        $"requirepass {Quote(users.Application.Password)}",
        $"sentinel sentinel-pass {Quote(users.Application.Password)}",
        $"sentinel announce-ip {sentinel.PeerHost}",
        $"sentinel announce-port {sentinel.PeerPort}",
        // Containers are known by name: their addresses change when they start again.
        sentinel.IsContainer ? "sentinel resolve-hostnames yes\nsentinel announce-hostnames yes" : null,
        string.Create(CultureInfo.InvariantCulture, $"sentinel monitor {SentinelServiceName} {master.PeerHost} {master.PeerPort} {(sentinels / 2) + 1}"),
        $"sentinel auth-user {SentinelServiceName} {Quote(users.Sentinel.Name)}",
        $"sentinel auth-pass {SentinelServiceName} {Quote(users.Sentinel.Password)}",
        users.FollowCommand is { } follow ? $"sentinel rename-command {SentinelServiceName} SLAVEOF {follow}" : null,
        $"sentinel down-after-milliseconds {SentinelServiceName} 2000",
        $"sentinel failover-timeout {SentinelServiceName} 3000",
        $"sentinel parallel-syncs {SentinelServiceName} 1",
    ]);

    /// <summary>Writes a configuration to a file that only its owner can read. Its directory is made if it is not there.</summary>
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

    private static string[] Listen(RedisPlace place) =>
        [place.IsContainer ? "bind * -::*" : "bind 127.0.0.1 -::1", $"port {place.Port}", $"dir {Quote(place.Directory)}"];

    // What is null is not configured.
    private static string Join(IEnumerable<string?> lines) => string.Concat(lines.OfType<string>().Select(line => $"{line}\n"));
}

/// <summary>
/// Where a node or sentinel listens and keeps its data, and where the others reach it. A container has a network of its own; otherwise
/// it listens on loopback only.
/// </summary>
internal sealed record RedisPlace(string Port, string Directory, string PeerHost, string PeerPort, bool IsContainer);
