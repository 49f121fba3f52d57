using System.Globalization;
using StackExchange.Redis;

namespace RedisAspire.Topology;

/// <summary>
/// Details of one node, replica or master, that an operator needs beside <see cref="RedisTopology.Snapshot"/>.
/// </summary>
/// <param name="topology">The nodes.</param>
/// <param name="time">The clock.</param>
public sealed class RedisInspector(RedisTopology topology, TimeProvider time)
{
    // No others: some settings are passwords, or paths and names of the node's machine.
    private static readonly string[] Settings =
    [
        "maxmemory", "maxmemory-policy", "maxmemory-samples", "maxclients", "timeout", "tcp-keepalive", "databases", "hz", "io-threads",
        "appendonly", "appendfsync", "save", "min-replicas-to-write", "min-replicas-max-lag",
        "repl-backlog-size", "repl-backlog-ttl", "repl-diskless-sync", "repl-diskless-sync-delay", "repl-ping-replica-period", "repl-timeout",
        "replica-priority", "replica-read-only", "replica-serve-stale-data", "replica-ignore-maxmemory", "client-output-buffer-limit",
        "slowlog-log-slower-than", "slowlog-max-len", "latency-monitor-threshold", "tracking-table-max-keys",
        "notify-keyspace-events", "lazyfree-lazy-eviction", "lazyfree-lazy-expire", "lazyfree-lazy-server-del", "activedefrag",
    ];

    /// <summary>The status of a node now, without waiting for the next poll of all nodes.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    /// <exception cref="RedisUnavailableException">It does not answer.</exception>
    public async Task<RedisNodeStatus> GetStatusAsync(string node, CancellationToken cancellationToken = default)
    {
        var started = time.GetTimestamp();
        var found = Find(node);
        var info = await InfoAsync(found, cancellationToken).ConfigureAwait(false);
        return RedisNodeStatus.Read(found.Status, info, started, time);
    }

    /// <summary>The commands that took the node longest lately, the last one first.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="limit">The most that are returned.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    /// <exception cref="RedisUnavailableException">It does not answer.</exception>
    // The client's own method for it leaves out which client sent a command.
    public async Task<IReadOnlyList<RedisSlowCommand>> SlowCommandsAsync(string node, int limit, CancellationToken cancellationToken = default) =>
        RedisSlowCommand.ReadAll(await Find(node).OperateAsync("SLOWLOG GET", server => server.ExecuteAsync("SLOWLOG", "GET", limit), cancellationToken).ConfigureAwait(false));

    /// <summary>The commands that have cost the node most time since it started, the most expensive first.</summary>
    /// <inheritdoc cref="SlowCommandsAsync" path="/param | /exception"/>
    public async Task<IReadOnlyList<RedisCommandUsage>> CommandsAsync(string node, int limit, CancellationToken cancellationToken = default) =>
        [.. RedisCommandUsage.ReadAll(await InfoAsync(Find(node), cancellationToken, "commandstats").ConfigureAwait(false)).Take(limit)];

    /// <summary>The node's connections, those that were active last first.</summary>
    /// <inheritdoc cref="SlowCommandsAsync" path="/param | /exception"/>
    public async Task<IReadOnlyList<RedisClient>> ClientsAsync(string node, int limit, CancellationToken cancellationToken = default)
    {
        var clients = await Find(node).OperateAsync("CLIENT LIST", server => server.ClientListAsync(), cancellationToken).ConfigureAwait(false);
        return [.. clients.Select(RedisClient.Of).OrderBy(client => client.IdleSeconds).ThenBy(client => client.Id).Take(limit)];
    }

    /// <summary>Those of the node's settings that anybody may know.</summary>
    /// <inheritdoc cref="GetStatusAsync" path="/param | /exception"/>
    public async Task<IReadOnlyDictionary<string, string>> SettingsAsync(string node, CancellationToken cancellationToken = default)
    {
        var all = await Find(node).OperateAsync("CONFIG GET", server => server.ConfigGetAsync("*"), cancellationToken).ConfigureAwait(false);
        return new SortedDictionary<string, string>(
            all.Where(setting => Settings.Contains(setting.Key)).ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    private static Task<RedisInfo> InfoAsync(RedisNode node, CancellationToken cancellationToken, string? section = null) =>
        RedisErrors.AskAsync(node.Name, "INFO", () => node.InfoAsync(section), cancellationToken);

    private RedisNode Find(string name)
    {
        var node = topology.Nodes.FirstOrDefault(node => node.Name == name) ?? throw new KeyNotFoundException($"There is no Redis node '{name}'.");
        // A node that is known to be down is not waited for.
        return node.Status.IsUp || node.Status.Persistence?.IsLoading == true
            ? node
            : throw new RedisUnavailableException($"{name} is down: {node.Status.Error}.");
    }
}

/// <summary>A connection to a node.</summary>
/// <param name="Id">Its number, which is never used again.</param>
/// <param name="Address">Where it comes from.</param>
/// <param name="Name">What the client calls itself; empty when it has no name.</param>
/// <param name="User">The ACL user.</param>
/// <param name="AgeSeconds">How long it has been there.</param>
/// <param name="IdleSeconds">How long it has been silent.</param>
/// <param name="Database">The database that it has chosen.</param>
/// <param name="Command">Its last command.</param>
/// <param name="Flags">Its flags as letters. See https://redis.io/docs/latest/commands/client-list/.</param>
/// <param name="IsReplica">Whether it is a replica of the node.</param>
/// <param name="IsTracking">Whether the node notifies it when keys change.</param>
/// <param name="IsBroadcast">Whether it is notified about every key with its prefixes, read or not.</param>
public sealed record RedisClient(
    long Id,
    string Address,
    string Name,
    string User,
    long AgeSeconds,
    long IdleSeconds,
    int Database,
    string Command,
    string Flags,
    bool IsReplica,
    bool IsTracking,
    bool IsBroadcast)
{
    internal static RedisClient Of(ClientInfo client)
    {
        var flags = client.FlagsRaw ?? "";
        return new RedisClient(
            client.Id,
            Text("addr"),
            client.Name ?? "",
            // The client's own class knows neither the user nor, of a Unix socket, the address.
            Text("user"),
            client.AgeSeconds,
            client.IdleSeconds,
            client.Database,
            client.LastCommand ?? "",
            flags,
            flags.Contains('S'),
            flags.Contains('t'),
            flags.Contains('B'));

        string Text(string part) => RedisInfo.PartOf(client.Raw ?? "", part, ' ') ?? "";
    }
}

/// <summary>How often a node has run a command since it started, and what that has cost.</summary>
/// <param name="Command">The command, as <c>get</c> or <c>config|set</c>.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Microseconds">How long all of that took.</param>
/// <param name="MicrosecondsPerCall">How long one took on average.</param>
/// <param name="Rejected">How often it was refused before it ran.</param>
/// <param name="Failed">How often it ended with an error.</param>
public sealed record RedisCommandUsage(string Command, long Calls, long Microseconds, double MicrosecondsPerCall, long Rejected, long Failed)
{
    /// <summary>Reads <c>INFO commandstats</c>, the most expensive command first.</summary>
    internal static IEnumerable<RedisCommandUsage> ReadAll(RedisInfo info) =>
        info.StartingWith("cmdstat_").Select(field => Read(field.Key, field.Value)).OrderByDescending(usage => usage.Microseconds);

    private static RedisCommandUsage Read(string command, string value)
    {
        _ = double.TryParse(RedisInfo.PartOf(value, "usec_per_call"), NumberStyles.Float, CultureInfo.InvariantCulture, out var perCall);
        return new RedisCommandUsage(command, Count("calls"), Count("usec"), perCall, Count("rejected_calls"), Count("failed_calls"));

        long Count(string part) => RedisInfo.ToNumber(RedisInfo.PartOf(value, part)) ?? 0;
    }
}

/// <summary>A command in a node's slow log.</summary>
/// <param name="Id">Its number in the slow log.</param>
/// <param name="At">When it ran.</param>
/// <param name="Microseconds">How long it took the node, waiting and network not included.</param>
/// <param name="Arguments">The command and its arguments, cut off where they are long.</param>
/// <param name="ClientAddress">Where it came from.</param>
/// <param name="ClientName">What the client calls itself; empty when it has no name.</param>
public sealed record RedisSlowCommand(
    long Id, DateTimeOffset At, long Microseconds, IReadOnlyList<string> Arguments, string ClientAddress, string ClientName)
{
    /// <summary>Reads the reply to <c>SLOWLOG GET</c>. See https://redis.io/docs/latest/commands/slowlog-get/.</summary>
    internal static IReadOnlyList<RedisSlowCommand> ReadAll(RedisResult reply) => [.. ((RedisResult[]?)reply ?? []).Select(Read)];

    private static RedisSlowCommand Read(RedisResult entry) => new(
        (long)entry[0],
        RedisTime.UnixSeconds((long)entry[1]),
        (long)entry[2],
        [.. ((RedisResult[]?)entry[3] ?? []).Select(argument => (string?)argument ?? "")],
        (string?)entry[4] ?? "",
        (string?)entry[5] ?? "");
}
