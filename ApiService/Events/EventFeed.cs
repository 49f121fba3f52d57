using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using RedisAspire.ApiService.Cache;
using RedisAspire.ApiService.History;
using RedisAspire.ApiService.Nodes;

namespace RedisAspire.ApiService.Events;

/// <summary>Sends the state of nodes and cache, every second, to all listeners.</summary>
internal sealed partial class EventFeed : BackgroundService
{
    private readonly ILogger<EventFeed> _logger;

    public EventFeed(EventComposer composer, TimeProvider time, ILogger<EventFeed> logger)
    {
        _logger = logger;
        Broadcast = new EventBroadcast(composer.ComposeAsync, LogFailing, time);
    }

    public EventBroadcast Broadcast { get; }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Broadcast.RunAsync(stoppingToken);

    [LoggerMessage(LogLevel.Warning, "The events could not be composed. Listeners get heartbeats only, until an attempt succeeds; there is one every second.")]
    private partial void LogFailing(Exception failure);
}

/// <summary>Composes the events: the full state for new listeners, and what is new for the others. It is for one caller at a time.</summary>
internal sealed partial class EventComposer(
    RedisTopology topology, ClusterFigures cluster, LookupHistory history, TopologyLog log, IOptions<JsonOptions> options, ILogger<EventComposer> logger)
{
    private const int MaximumLookups = 50;

    private readonly JsonSerializerOptions _json = options.Value.SerializerOptions;
    private HashSet<string> _sent = [];
    private Contracts.RedisSentinelStatus[] _sentinels = [];
    private long _lastChange;

    public async Task<(ReadOnlyMemory<byte> Opening, ReadOnlyMemory<byte> News)> ComposeAsync(CancellationToken cancellationToken)
    {
        var reading = cluster.ReadAsync(cancellationToken);
        var lookups = await ReadLookupsAsync(cancellationToken);
        var stats = await reading;
        var changes = log.Changes;
        var nodes = topology.Snapshot.ToResponses();
        var sentinels = topology.SentinelStatuses.Select(sentinel => sentinel.ToContract()).ToArray();

        var opening = Common().Add("history", lookups).Add("topology", changes).Add("sentinels", sentinels);
        var news = Common();
        // Another replica than before may lack look-ups that were sent already.
        if (lookups.TakeWhile(lookup => !_sent.Contains(lookup.Id)).ToArray() is { Length: > 0 } newLookups)
        {
            news.Add("history", newLookups);
            _sent = [.. lookups.Select(lookup => lookup.Id)];
        }

        if (changes.Where(change => change.Number > _lastChange).ToArray() is { Length: > 0 } newChanges)
            news.Add("topology", newChanges);

        if (!sentinels.SequenceEqual(_sentinels))
            news.Add("sentinels", sentinels);

        _sentinels = sentinels;
        _lastChange = changes.Count > 0 ? changes[^1].Number : 0;
        return (opening.Bytes, news.Bytes);

        EventFrame Common() => new EventFrame(_json).Add("nodes", nodes).Add("stats", stats);
    }

    private Task<IReadOnlyList<HistoryEntryResponse>> ReadLookupsAsync(CancellationToken cancellationToken) => BestEffort.TryAsync(
        async () => (await history.ReadAsync(MaximumLookups, before: null, cancellationToken)).Items, otherwise: [], LogNoHistory, cancellationToken);

    [LoggerMessage(LogLevel.Debug, "The history could not be read. The events of this second have no look-ups.")]
    private partial void LogNoHistory(Exception failure);
}
