using StackExchange.Redis;

namespace RedisAspire.Topology;

/// <summary>A step of a promotion, as it was made or seen.</summary>
/// <param name="Kind">What was done or seen.</param>
/// <param name="Node">The node or sentinel that did it, or that it was seen of.</param>
/// <param name="At">When it began, since the promotion did.</param>
public sealed record RedisFailoverStep(RedisFailoverStepKind Kind, string Node, TimeSpan At)
{
    /// <summary>How long the reply took; <see langword="null"/> for what was only seen.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>The command and its arguments; none for what was only seen.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Whether the node or sentinel did not answer, or with an error.</summary>
    public bool HasFailed { get; init; }

    /// <summary>The role that the node was seen in.</summary>
    public RedisRole? Role { get; init; }

    /// <summary>What the sentinel announced: the channel and the message.</summary>
    public string? Message { get; init; }
}

/// <summary>The kinds of steps of a promotion.</summary>
public enum RedisFailoverStepKind
{
    /// <summary>A former master that has returned was made a replica, so that it can take the place of the master.</summary>
    Join,

    /// <summary>A sentinel was asked whether it acts.</summary>
    Choose,

    /// <summary>The priority of the node was read.</summary>
    Priority,

    /// <summary>The node got the best priority, so that the sentinels choose it.</summary>
    Prefer,

    /// <summary>A sentinel was asked whether it has seen the priority.</summary>
    Seen,

    /// <summary>A sentinel was told to fail over.</summary>
    Failover,

    /// <summary>The node got its own priority again.</summary>
    Restore,

    /// <summary>The master was told to hand over to the node.</summary>
    HandOver,

    /// <summary>The node was asked whether it is the master.</summary>
    Ask,

    /// <summary>The master was told not to hand over any more.</summary>
    Abort,

    /// <summary>The node was made the master.</summary>
    Promote,

    /// <summary>Another node was told to follow the new master.</summary>
    Follow,

    /// <summary>A node wrote its configuration file.</summary>
    Remember,

    /// <summary>A sentinel announced something.</summary>
    Announcement,

    /// <summary>A node was seen in a new role.</summary>
    Role,

    /// <summary>Writes go to the node.</summary>
    Master,
}

/// <summary>Reports the steps of one promotion, for a caller that wants to know them.</summary>
internal sealed class FailoverSteps : IDisposable
{
    private readonly Action<RedisFailoverStep> _report;
    private readonly RedisTopology _topology;
    private readonly string _serviceName;
    private readonly TimeProvider _time;
    private readonly long _started;
    private string? _master;

    public FailoverSteps(Action<RedisFailoverStep> report, RedisTopology topology, string serviceName, TimeProvider time)
    {
        (_report, _topology, _serviceName, _time, _started) = (report, topology, serviceName, time, time.GetTimestamp());
        _master = topology.Snapshot.Master;
        topology.NodeChanged += OnNodeChanged;
        topology.SnapshotUpdated += OnSnapshotUpdated;
        foreach (var link in topology.Sentinels.Links)
            link.Announced += OnAnnounced;
    }

    /// <summary>Waits for the reply to a command, and reports it.</summary>
    public async Task<RedisResult> ReportAsync(RedisFailoverStepKind kind, string node, IReadOnlyList<string> command, Func<Task<RedisResult>> send)
    {
        var sent = _time.GetTimestamp();
        var hasFailed = true;
        try
        {
            var reply = await send().ConfigureAwait(false);
            hasFailed = false;
            return reply;
        }
        finally
        {
            _report(new RedisFailoverStep(kind, node, _time.GetElapsedTime(_started, sent)) { Took = _time.GetElapsedTime(sent), Command = command, HasFailed = hasFailed });
        }
    }

    public void Dispose()
    {
        _topology.NodeChanged -= OnNodeChanged;
        _topology.SnapshotUpdated -= OnSnapshotUpdated;
        foreach (var link in _topology.Sentinels.Links)
            link.Announced -= OnAnnounced;
    }

    private RedisFailoverStep Now(RedisFailoverStepKind kind, string node) => new(kind, node, _time.GetElapsedTime(_started));

    private void OnNodeChanged(object? sender, RedisNodeChangedEventArgs change)
    {
        if (change.IsRoleChanged)
            _report(Now(RedisFailoverStepKind.Role, change.After.Name) with { Role = change.After.Role });
    }

    private void OnSnapshotUpdated(object? sender, EventArgs e)
    {
        if (_topology.Snapshot.Master is not { } master || master == _master)
            return;
        _master = master;
        _report(Now(RedisFailoverStepKind.Master, master));
    }

    // "+switch-master mymaster 127.0.0.1 6379 127.0.0.1 6380", or "+try-failover master mymaster 127.0.0.1 6379"; a sentinel may watch other masters as well.
    private void OnAnnounced(object? sender, SentinelAnnouncementEventArgs announcement)
    {
        if (sender is SentinelLink sentinel && announcement.Text.Split(' ').Contains(_serviceName, StringComparer.Ordinal))
            _report(Now(RedisFailoverStepKind.Announcement, sentinel.Name) with { Message = announcement.Text });
    }
}

/// <summary>Commands of a promotion, whose steps somebody may want to know or not.</summary>
internal static class FailoverStepsExtensions
{
    /// <summary>Has a node do something as its operator.</summary>
    /// <exception cref="RedisUnavailableException">It did not answer, or with an error.</exception>
    public static Task<RedisResult> OperateAsync(
        this FailoverSteps? steps, RedisFailoverStepKind kind, RedisNode node, string command, string[] arguments, CancellationToken cancellationToken) =>
        steps.SendAsync(kind, node.Name, command, arguments, send => node.OperateAsync(command, send, cancellationToken));

    /// <summary>Has a sentinel do something.</summary>
    /// <exception cref="RedisUnavailableException">It did not answer, or with an error.</exception>
    public static Task<RedisResult> AskAsync(
        this FailoverSteps? steps, RedisFailoverStepKind kind, SentinelLink sentinel, string command, string[] arguments, CancellationToken cancellationToken) =>
        steps.SendAsync(kind, sentinel.Name, command, arguments, send => sentinel.AskAsync(command, send, cancellationToken));

    private static Task<RedisResult> SendAsync(
        this FailoverSteps? steps, RedisFailoverStepKind kind, string node, string command, string[] arguments, Func<Func<IServer, Task<RedisResult>>, Task<RedisResult>> ask)
    {
        string[] words = [.. command.Split(' '), .. arguments];
        return steps is null ? AskAsync() : steps.ReportAsync(kind, node, words, AskAsync);

        Task<RedisResult> AskAsync() => ask(server => server.ExecuteAsync(words[0], words[1..]));
    }
}
