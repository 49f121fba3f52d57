using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RedisAspire.Topology;

/// <summary>
/// Makes a certain replica the master through the sentinels. They choose by priority, so it gets the best one for as
/// long as it takes. See https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/.
/// </summary>
internal sealed partial class SentinelFailover(RedisTopology topology, string serviceName, TimeProvider time, ILogger logger)
{
    // Sentinels read a replica's priority every ten seconds.
    private static readonly TimeSpan PriorityRead = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan FailedOver = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // The priorities of nodes that have another one for the time of a promotion, or could not be given theirs back since.
    private readonly ConcurrentDictionary<RedisNode, Owed> _owed = new();

    public async Task PromoteAsync(RedisNode node, CancellationToken cancellationToken)
    {
        var sentinel = topology.Sentinels.Links.First(link => link.Opinion is not null);
        // A name may have another address since: that of a container that was made anew, for instance.
        await topology.Sentinels.ResolveAsync(cancellationToken).ConfigureAwait(false);
        var owed = _owed.TryGetValue(node, out var before) ? before : new Owed(await PriorityAsync(node, cancellationToken).ConfigureAwait(false));
        while (!owed.TryEnter())
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        _owed[node] = owed;
        try
        {
            await SetPriorityAsync(node, "1", cancellationToken).ConfigureAwait(false);
            await SeenAsync(sentinel, node, cancellationToken).ConfigureAwait(false);
            await sentinel.AskAsync("SENTINEL FAILOVER", async server =>
            {
                await server.SentinelFailoverAsync(serviceName).ConfigureAwait(false);
                return true;
            }, cancellationToken).ConfigureAwait(false);
            await topology.WaitForMasterAsync(node, FailedOver, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await GiveBackAsync(node, owed).ConfigureAwait(false);
        }
    }

    /// <summary>Gives nodes that are up again the priority that they could not be given back after a promotion.</summary>
    public void GiveBack()
    {
        foreach (var (node, owed) in _owed)
        {
            if (node.Status.IsUp && owed.TryEnter())
                _ = GiveBackAsync(node, owed);
        }
    }

    // Whether the node is the master by now is not a question of its priority: what cannot be given back now is given back later.
    private async Task GiveBackAsync(RedisNode node, Owed owed)
    {
        try
        {
            await SetPriorityAsync(node, owed.Priority, CancellationToken.None).ConfigureAwait(false);
            _owed.TryRemove(KeyValuePair.Create(node, owed));
            await RememberAsync(node).ConfigureAwait(false);
        }
        catch (RedisUnavailableException failure)
        {
            if (!owed.IsTold)
                LogNotGivenBack(node.Name, owed.Priority, failure.Message);
            owed.IsTold = true;
        }
        finally
        {
            owed.Leave();
        }
    }

    // While the node had the best priority the sentinels had its file rewritten: after a restart it would have it again.
    private static async Task RememberAsync(RedisNode node)
    {
        try
        {
            await node.OperateAsync("CONFIG REWRITE", server => server.ConfigRewriteAsync(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (RedisUnavailableException)
        {
            // A node without a file remembers nothing.
        }
    }

    private static async Task<string> PriorityAsync(RedisNode node, CancellationToken cancellationToken)
    {
        var info = new RedisInfo(await node.OperateAsync("INFO", server => server.InfoRawAsync("replication"), cancellationToken).ConfigureAwait(false) ?? "");
        return info.Text("slave_priority") ?? "100";
    }

    private static Task SetPriorityAsync(RedisNode node, string priority, CancellationToken cancellationToken) =>
        node.OperateAsync("CONFIG SET", server => server.ConfigSetAsync("replica-priority", priority), cancellationToken);

    private async Task SeenAsync(SentinelLink sentinel, RedisNode node, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < PriorityRead)
        {
            var replicas = await sentinel.AskAsync("SENTINEL REPLICAS", server => server.SentinelReplicasAsync(serviceName), cancellationToken).ConfigureAwait(false);
            foreach (var replica in replicas.Select(fields => fields.ToDictionary(StringComparer.Ordinal)))
            {
                if (replica.TryGetValue("ip", out var host) && topology.Sentinels.IsMeant(node, host, replica.GetValueOrDefault("port")) && replica.GetValueOrDefault("slave-priority") == "1")
                    return;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        throw new RedisUnavailableException($"The sentinels do not see {node.Name} as a replica that may become the master.");
    }

    [LoggerMessage(LogLevel.Warning, "{Node} could not be given its replica-priority {Priority} back, and is as soon as it answers: {Reason}")]
    private partial void LogNotGivenBack(string node, string priority, string reason);

    private sealed class Owed(string priority)
    {
        private int _isInUse;

        public string Priority => priority;

        public bool IsTold { get; set; }

        /// <summary>For one at a time: whoever wants the node to have another one, or gives it back.</summary>
        public bool TryEnter() => Interlocked.Exchange(ref _isInUse, 1) == 0;

        public void Leave() => Volatile.Write(ref _isInUse, 0);
    }
}
