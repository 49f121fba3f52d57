using RedisAspire.ApiService.Nodes;

namespace RedisAspire.ApiService.Events;

/// <summary>Keeps the last changes of the Redis nodes that this instance has observed.</summary>
internal sealed class TopologyLog : BackgroundService
{
    private const int Maximum = 100;

    private readonly RedisTopology _topology;
    private readonly TimeProvider _time;
    private readonly Lock _changing = new();
    private volatile TopologyChangeResponse[] _changes = [];
    private string? _master;
    private long _number;

    public TopologyLog(RedisTopology topology, TimeProvider time)
    {
        _topology = topology;
        _time = time;
        _topology.NodeChanged += OnNodeChanged;
    }

    /// <summary>The last changes, the oldest first.</summary>
    public IReadOnlyList<TopologyChangeResponse> Changes => _changes;

    public override void Dispose()
    {
        _topology.NodeChanged -= OnNodeChanged;
        base.Dispose();
    }

    // The sentinels may choose another master without a change of any node's state.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var snapshot in _topology.WatchAsync(stoppingToken))
            CompareMaster(snapshot.Master);
    }

    private void OnNodeChanged(object? sender, RedisNodeChangedEventArgs change)
    {
        var (before, after) = (NodeWords.RoleOf(change.Before), NodeWords.RoleOf(change.After));
        if (change.IsNowUp)
            Add("up", change.After.Name, after, before: null, reason: null);
        else if (change.IsNowDown)
            Add("down", change.After.Name, after, before: null, change.After.Error);
        if (change.IsRoleChanged && change.Before.Role != RedisRole.Unknown)
            Add("role", change.After.Name, after, before, reason: null);
        CompareMaster(_topology.Snapshot.Master);
    }

    private void CompareMaster(string? master)
    {
        lock (_changing)
        {
            if (master == _master)
                return;
            Add("master", master, master is null ? null : "master", _master, reason: null);
            _master = master;
        }
    }

    private void Add(string change, string? node, string? role, string? before, string? reason)
    {
        lock (_changing)
            _changes = [.. _changes.TakeLast(Maximum - 1), new TopologyChangeResponse(++_number, _time.GetUtcNow(), change, node, role, before, reason)];
    }
}
