using Microsoft.Extensions.Options;

namespace RedisAspire.Caching.Topology;

/// <summary>
/// Looks into one node, for what an operator wants to know beside what <see cref="RedisTopology.Snapshot"/> tells.
/// Replicas as well as masters.
/// </summary>
/// <param name="topology">The nodes.</param>
/// <param name="options">The user that may read settings.</param>
/// <param name="time">The clock.</param>
public sealed class RedisInspector(RedisTopology topology, IOptions<RedisTopologyOptions> options, TimeProvider time)
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

    private readonly RedisOperator _operator = new((options ?? throw new ArgumentNullException(nameof(options))).Value, time);

    /// <summary>How a node is now, without waiting for the next look at all nodes.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    /// <exception cref="RedisUnavailableException">It does not answer.</exception>
    public async Task<RedisNodeStatus> LookAsync(string node, CancellationToken cancellationToken = default)
    {
        var started = time.GetTimestamp();
        var found = Find(node);
        var reply = await _operator.AskAsServiceAsync(found, cancellationToken, "INFO").ConfigureAwait(false);
        return RedisNodeStatus.Read(found.Status, new RedisInfo(reply.Text), started, time);
    }

    /// <summary>The commands that took the node longest lately, the last one first.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="limit">The most that are returned.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    /// <exception cref="RedisUnavailableException">It does not answer.</exception>
    public async Task<IReadOnlyList<RedisSlowCommand>> SlowCommandsAsync(string node, int limit, CancellationToken cancellationToken = default) =>
        RedisSlowCommand.ReadAll(await _operator.AskAsServiceAsync(
            Find(node), cancellationToken, "SLOWLOG", "GET", FormattableString.Invariant($"{limit}")).ConfigureAwait(false));

    /// <summary>The commands that have cost the node most time since it started, the most expensive first.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="limit">The most that are returned.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    /// <exception cref="RedisUnavailableException">It does not answer.</exception>
    public async Task<IReadOnlyList<RedisCommandUsage>> CommandsAsync(string node, int limit, CancellationToken cancellationToken = default)
    {
        var reply = await _operator.AskAsServiceAsync(Find(node), cancellationToken, "INFO", "commandstats").ConfigureAwait(false);
        return [.. RedisCommandUsage.ReadAll(new RedisInfo(reply.Text)).Take(limit)];
    }

    /// <summary>The node's connections, those that were active last first.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="limit">The most that are returned.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    /// <exception cref="RedisUnavailableException">It does not answer.</exception>
    public async Task<IReadOnlyList<RedisClient>> ClientsAsync(string node, int limit, CancellationToken cancellationToken = default)
    {
        var reply = await _operator.AskAsServiceAsync(Find(node), cancellationToken, "CLIENT", "LIST").ConfigureAwait(false);
        return [.. RedisClient.ReadAll(reply.Text).Take(limit)];
    }

    /// <summary>Those of the node's settings that anybody may know.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    /// <exception cref="RedisUnavailableException">It does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, string>> SettingsAsync(string node, CancellationToken cancellationToken = default)
    {
        var reply = await _operator.AskAsync(Find(node), cancellationToken, ["CONFIG", "GET", .. Settings]).ConfigureAwait(false);
        return new SortedDictionary<string, string>(
            reply.Items.Chunk(2).ToDictionary(setting => setting[0].Text, setting => setting[1].Text, StringComparer.Ordinal), StringComparer.Ordinal);
    }

    private RedisNode Find(string name)
    {
        var node = topology.Nodes.FirstOrDefault(node => node.Name == name) ?? throw new KeyNotFoundException($"There is no Redis node '{name}'.");
        // Who is known to be away is not waited for.
        return node.Status.IsUp || node.Status.Persistence?.IsLoading == true
            ? node
            : throw new RedisUnavailableException($"{name} is down: {node.Status.Error}.");
    }
}
