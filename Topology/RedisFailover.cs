using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RedisAspire.Topology;

/// <summary>
/// Makes a replica the master: through the sentinels where there are any, otherwise by a command to every
/// node. A master that comes back after that follows the new one.
/// </summary>
public sealed partial class RedisFailover : IDisposable
{
    // Replicas acknowledge what they have once a second, and the master waits for that.
    private const string CatchUpMilliseconds = "2000";

    private static readonly TimeSpan Joined = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The longest that a promotion takes: sentinels have to see first that the node is to be preferred, and
    /// the others have to join it afterwards.
    /// </summary>
    public static TimeSpan MaximumDuration { get; } = TimeSpan.FromSeconds(60);

    private readonly RedisTopology _topology;
    private readonly SentinelFailover _sentinels;
    private readonly string _serviceName;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisFailover> _logger;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<RedisNode, byte> _repointing = new();
    private volatile RedisNode? _promoted;

    /// <summary>Creates it.</summary>
    /// <param name="topology">The nodes.</param>
    /// <param name="options">What the sentinels call the replication.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it is written what was done.</param>
    public RedisFailover(RedisTopology topology, IOptions<RedisTopologyOptions> options, TimeProvider time, ILogger<RedisFailover> logger)
    {
        ArgumentNullException.ThrowIfNull(topology);
        ArgumentNullException.ThrowIfNull(options);
        _topology = topology;
        _time = time;
        _logger = logger;
        _serviceName = options.Value.SentinelServiceName;
        _sentinels = new SentinelFailover(topology, _serviceName, time, logger);
        topology.SnapshotUpdated += Follow;
    }

    /// <summary>Makes a replica the master, and waits until it is.</summary>
    /// <inheritdoc cref="PromoteAsync(string, Action{RedisFailoverStep}, CancellationToken)" path="/param[@name!='report'] | /returns | /exception"/>
    public Task PromoteAsync(string name, CancellationToken cancellationToken = default) => PromoteAsync(name, report: null, cancellationToken);

    /// <summary>Makes a replica the master, waits until it is, and reports how that comes about.</summary>
    /// <param name="name">The replica's name in the configuration.</param>
    /// <param name="report">Receives each step when it has ended, from several threads; <see langword="null"/> if nobody wants to know them.</param>
    /// <param name="cancellationToken">Ends the wait; what has begun goes on in Redis.</param>
    /// <returns>A task that ends when writes go to the node.</returns>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    /// <exception cref="InvalidOperationException">The node cannot become the master now: it is down, or it is the master already.</exception>
    /// <exception cref="RedisUnavailableException">Redis did not do it, or not within <see cref="MaximumDuration"/>.</exception>
    public async Task PromoteAsync(string name, Action<RedisFailoverStep>? report, CancellationToken cancellationToken)
    {
        var node = _topology.Nodes.FirstOrDefault(node => node.Name == name) ?? throw new KeyNotFoundException($"There is no Redis node '{name}'.");
        using var deadline = new CancellationTokenSource(MaximumDuration, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var steps = report is null ? null : new FailoverSteps(report, _topology, _serviceName, _time);
        try
        {
            await PromoteInTurnAsync(node, steps, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RedisUnavailableException($"{name} did not become the master within {MaximumDuration.TotalSeconds} s.", late);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _topology.SnapshotUpdated -= Follow;
        _turn.Dispose();
    }

    private async Task PromoteInTurnAsync(RedisNode node, FailoverSteps? steps, CancellationToken cancellationToken)
    {
        var name = node.Name;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (node == _topology.Master)
                throw new InvalidOperationException($"{name} is the master already.");
            if (!node.Status.IsUp)
                throw new InvalidOperationException($"{name} is down: it cannot become the master.");

            LogPromoting(name);
            var old = _topology.Master;
            if (old is not null && node.Status.Role == RedisRole.Master)
                await JoinAsync(node, old, steps, cancellationToken).ConfigureAwait(false);
            if (_topology.Sentinels.Links.Any(link => link.Opinion is not null))
                await _sentinels.PromoteAsync(node, steps, cancellationToken).ConfigureAwait(false);
            else
                await PromoteByHandAsync(node, steps, cancellationToken).ConfigureAwait(false);
            // Afterwards the snapshot shows the old master as it is now.
            if (old is not null)
                await _topology.WaitUntilAsync(() => old.Status is not { IsUp: true, Role: RedisRole.Master }, Joined, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    // A former master that is back reports the role of a master for some seconds, until a sentinel reconfigures it. It
    // could not be promoted meanwhile. With REPLICAOF it follows the master at once, and can take its place.
    private async Task JoinAsync(RedisNode node, RedisNode master, FailoverSteps? steps, CancellationToken cancellationToken)
    {
        LogReturned(node.Name, master.Name);
        await steps.OperateAsync(RedisFailoverStepKind.Join, node, "REPLICAOF", [master.Peer.Host, master.Peer.Port], cancellationToken).ConfigureAwait(false);
        if (!await _topology.WaitUntilAsync(() => node.Status is { CanRead: true, Role: RedisRole.Replica }, Joined, cancellationToken).ConfigureAwait(false))
            throw new RedisUnavailableException($"{node.Name} did not get in touch with {master.Name} within {Joined.TotalSeconds} s.");
    }

    private async Task PromoteByHandAsync(RedisNode node, FailoverSteps? steps, CancellationToken cancellationToken)
    {
        var old = _topology.Master;
        if (old is null || !await TryHandOverAsync(old, node, steps, cancellationToken).ConfigureAwait(false))
            await steps.OperateAsync(RedisFailoverStepKind.Promote, node, "REPLICAOF", ["NO", "ONE"], cancellationToken).ConfigureAwait(false);

        _promoted = node;
        await TryRewriteAsync(node, steps, cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(_topology.Nodes.Where(other => other != node && other.Status.IsUp).Select(other => RepointAsync(other, node, steps, cancellationToken))).ConfigureAwait(false);
        if (!await _topology.WaitUntilAsync(() => _topology.Master == node, HandOver, cancellationToken).ConfigureAwait(false))
            throw new RedisUnavailableException($"{node.Name} did not become the master within {HandOver.TotalSeconds} s.");
    }

    // The master stops taking writes until the replica has all of them: nothing is lost. False when it does not answer. One
    // that does, and still does not hand over, is not replaced: what the replica does not have yet would be lost.
    private async Task<bool> TryHandOverAsync(RedisNode old, RedisNode node, FailoverSteps? steps, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        if (!await TryBeginHandOverAsync(old, node, started, steps, cancellationToken).ConfigureAwait(false))
            return false;

        while (_time.GetElapsedTime(started) < HandOver)
        {
            var role = await steps.OperateAsync(RedisFailoverStepKind.Ask, node, "ROLE", [], cancellationToken).ConfigureAwait(false);
            if ((string?)role[0] == "master")
                return true;
            await Task.Delay(Pause, _time, cancellationToken).ConfigureAwait(false);
        }

        // That there is nothing to abort, because the time Redis had for it is up, is an answer as well.
        var failure = await FailureOfAsync(steps, RedisFailoverStepKind.Abort, old, "FAILOVER ABORT", [], cancellationToken).ConfigureAwait(false);
        if (failure is null or { InnerException: RedisServerException })
            throw new RedisUnavailableException($"{old.Name} did not hand over to {node.Name} within {HandOver.TotalSeconds} s.");
        return false;
    }

    private async Task<bool> TryBeginHandOverAsync(RedisNode old, RedisNode node, long started, FailoverSteps? steps, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await steps.OperateAsync(
                    RedisFailoverStepKind.HandOver, old, "FAILOVER", ["TO", node.Peer.Host, node.Peer.Port, "TIMEOUT", CatchUpMilliseconds], cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (RedisUnavailableException refusal) when (refusal.InnerException is RedisServerException && _time.GetElapsedTime(started) < HandOver)
            {
                // A replica that has just connected is not accepted at once.
                await Task.Delay(Pause, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisUnavailableException failure) when (failure.InnerException is not RedisServerException)
            {
                LogRefused(old.Name, "FAILOVER", failure.Message);
                return false;
            }
        }
    }

    private async Task RepointAsync(RedisNode follower, RedisNode master, FailoverSteps? steps, CancellationToken cancellationToken)
    {
        if (await FailureOfAsync(steps, RedisFailoverStepKind.Follow, follower, "REPLICAOF", [master.Peer.Host, master.Peer.Port], cancellationToken).ConfigureAwait(false) is null)
            await TryRewriteAsync(follower, steps, cancellationToken).ConfigureAwait(false);
    }

    // A former master that was down or out of reach does not know that there is another one.
    private void Follow(object? sender, EventArgs e)
    {
        _sentinels.Restore();
        if (_promoted is not { } master || master != _topology.Master || _topology.Sentinels.Master is not null)
            return;
        foreach (var node in _topology.Nodes)
        {
            if (node != master && node.Status is { IsUp: true, Role: RedisRole.Master } && _repointing.TryAdd(node, 0))
            {
                LogReturned(node.Name, master.Name);
                _ = RepointAsync(node, master, steps: null, CancellationToken.None).ContinueWith(_ => _repointing.TryRemove(node, out byte _), TaskScheduler.Default);
            }
        }
    }

    // So that its role outlives a restart. A node without a file remembers nothing.
    private Task<RedisUnavailableException?> TryRewriteAsync(RedisNode node, FailoverSteps? steps, CancellationToken cancellationToken) =>
        FailureOfAsync(steps, RedisFailoverStepKind.Remember, node, "CONFIG REWRITE", [], cancellationToken);

    // Null when it was done.
    private async Task<RedisUnavailableException?> FailureOfAsync(
        FailoverSteps? steps, RedisFailoverStepKind kind, RedisNode node, string command, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            await steps.OperateAsync(kind, node, command, arguments, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (RedisUnavailableException failure)
        {
            LogRefused(node.Name, command, failure.Message);
            return failure;
        }
    }

    [LoggerMessage(LogLevel.Information, "{Node} is to become the master.")]
    private partial void LogPromoting(string node);

    [LoggerMessage(LogLevel.Information, "{Node} is back and still has the role of a master. It is made a replica of {Master}.")]
    private partial void LogReturned(string node, string master);

    [LoggerMessage(LogLevel.Warning, "{Node} refused {Command}: {Reason}")]
    private partial void LogRefused(string node, string command, string reason);
}
