using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

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
    // A sentinel that was held up for two seconds does nothing for thirty (its TILT mode). It accepts an order to fail over,
    // but carries it out afterwards, when nobody waits for it any more and the node no longer has the best priority.
    private static readonly TimeSpan Tilt = TimeSpan.FromSeconds(35);
    private static readonly TimeSpan NextChoice = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Nodes whose priority is changed for the time of a promotion, or could not be restored since.
    private readonly ConcurrentDictionary<RedisNode, ChangedPriority> _changed = new();

    public async Task PromoteAsync(RedisNode node, FailoverSteps? steps, CancellationToken cancellationToken)
    {
        var sentinel = await ChooseAsync(steps, cancellationToken).ConfigureAwait(false);
        // A name may have another address since: that of a container that was made anew, for instance.
        await topology.Sentinels.ResolveAsync(cancellationToken).ConfigureAwait(false);
        var priority = _changed.TryGetValue(node, out var before) ? before : new ChangedPriority(await PriorityAsync(node, steps, cancellationToken).ConfigureAwait(false));
        while (!priority.TryEnter())
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        _changed[node] = priority;
        var old = topology.Master;
        try
        {
            await SetPriorityAsync(steps, RedisFailoverStepKind.Prefer, node, "1", cancellationToken).ConfigureAwait(false);
            await SeenAsync(sentinel, node, steps, cancellationToken).ConfigureAwait(false);
            await steps.AskAsync(RedisFailoverStepKind.Failover, sentinel, "SENTINEL FAILOVER", [serviceName], cancellationToken).ConfigureAwait(false);
            if (!await topology.WaitUntilAsync(() => topology.Master is { } master && master != old, FailedOver, cancellationToken).ConfigureAwait(false))
                throw new RedisUnavailableException($"{node.Name} did not become the master within {FailedOver.TotalSeconds} s.");
            if (topology.Master is { } chosen && chosen != node)
                throw new RedisUnavailableException($"The sentinels made {chosen.Name} the master, not {node.Name}.");
        }
        finally
        {
            await RestoreAsync(node, priority, steps).ConfigureAwait(false);
        }
    }

    // One that acts. Another one would be believed to fail over, and would not.
    private async Task<SentinelLink> ChooseAsync(FailoverSteps? steps, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            foreach (var sentinel in topology.Sentinels.Links.Where(link => link.Opinion is not null))
            {
                if (await IsActingAsync(sentinel, steps, cancellationToken).ConfigureAwait(false))
                    return sentinel;
            }

            if (time.GetElapsedTime(started) >= Tilt)
                throw new RedisUnavailableException("No sentinel acts at present. One that was held up does nothing for thirty seconds.");
            await Task.Delay(NextChoice, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<bool> IsActingAsync(SentinelLink sentinel, FailoverSteps? steps, CancellationToken cancellationToken)
    {
        try
        {
            var info = await steps.AskAsync(RedisFailoverStepKind.Choose, sentinel, "INFO", ["sentinel"], cancellationToken).ConfigureAwait(false);
            return new RedisInfo($"{info}").Flag("sentinel_tilt") is not true;
        }
        catch (RedisUnavailableException)
        {
            // Another one may answer.
            return false;
        }
    }

    /// <summary>Restores the priority of nodes that are up again, where that failed after a promotion.</summary>
    public void Restore()
    {
        foreach (var (node, priority) in _changed)
        {
            if (node.Status.IsUp && priority.TryEnter())
                _ = RestoreAsync(node, priority, steps: null);
        }
    }

    // Whether the node is the master by now is not a question of its priority: what cannot be restored now is restored later.
    private async Task RestoreAsync(RedisNode node, ChangedPriority priority, FailoverSteps? steps)
    {
        try
        {
            await SetPriorityAsync(steps, RedisFailoverStepKind.Restore, node, priority.Original, CancellationToken.None).ConfigureAwait(false);
            _changed.TryRemove(KeyValuePair.Create(node, priority));
            await RememberAsync(node, steps).ConfigureAwait(false);
        }
        catch (RedisUnavailableException failure)
        {
            if (!priority.IsLogged)
                LogNotRestored(node.Name, priority.Original, failure.Message);
            priority.IsLogged = true;
        }
        finally
        {
            priority.Leave();
        }
    }

    // While the node had the best priority the sentinels had its file rewritten: after a restart it would have it again.
    private static async Task RememberAsync(RedisNode node, FailoverSteps? steps)
    {
        try
        {
            await steps.OperateAsync(RedisFailoverStepKind.Remember, node, "CONFIG REWRITE", [], CancellationToken.None).ConfigureAwait(false);
        }
        catch (RedisUnavailableException)
        {
            // A node without a file remembers nothing.
        }
    }

    private static async Task<string> PriorityAsync(RedisNode node, FailoverSteps? steps, CancellationToken cancellationToken)
    {
        var info = await steps.OperateAsync(RedisFailoverStepKind.Priority, node, "INFO", ["replication"], cancellationToken).ConfigureAwait(false);
        return new RedisInfo($"{info}").Text("slave_priority") ?? "100";
    }

    private static Task<RedisResult> SetPriorityAsync(FailoverSteps? steps, RedisFailoverStepKind kind, RedisNode node, string priority, CancellationToken cancellationToken) =>
        steps.OperateAsync(kind, node, "CONFIG SET", ["replica-priority", priority], cancellationToken);

    private async Task SeenAsync(SentinelLink sentinel, RedisNode node, FailoverSteps? steps, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < PriorityRead)
        {
            var replicas = await steps.AskAsync(RedisFailoverStepKind.Seen, sentinel, "SENTINEL REPLICAS", [serviceName], cancellationToken).ConfigureAwait(false);
            foreach (var replica in ((RedisResult[]?)replicas ?? []).Select(fields => fields.ToDictionary(StringComparer.Ordinal)))
            {
                if ((string?)replica.GetValueOrDefault("ip") is { } host && topology.Sentinels.IsMeant(node, host, (string?)replica.GetValueOrDefault("port"))
                    && (string?)replica.GetValueOrDefault("slave-priority") == "1")
                    return;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        throw new RedisUnavailableException($"The sentinels do not see {node.Name} as a replica that may become the master.");
    }

    [LoggerMessage(LogLevel.Warning, "The replica-priority of {Node} could not be restored to {Priority}, and is restored as soon as the node answers: {Reason}")]
    private partial void LogNotRestored(string node, string priority, string reason);

    private sealed class ChangedPriority(string original)
    {
        private int _isInUse;

        public string Original => original;

        public bool IsLogged { get; set; }

        /// <summary>One caller at a time changes the priority or restores it.</summary>
        public bool TryEnter() => Interlocked.Exchange(ref _isInUse, 1) == 0;

        public void Leave() => Volatile.Write(ref _isInUse, 0);
    }
}
