using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Cache;
using RedisAspire.ApiService.History;
using RedisAspire.ApiService.Nodes;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Events;

/// <summary>Puts together what is to be told: everything to those who have just come, and what is new to the others. For one caller at a time.</summary>
internal sealed partial class EventComposer(
    RedisTopology topology, ClusterFigures cluster, LookupHistory history, TopologyLog log, IOptions<JsonOptions> options, ILogger<EventComposer> logger)
{
    private const int MaximumLookups = 50;

    private readonly JsonSerializerOptions _json = options.Value.SerializerOptions;
    private HashSet<string> _told = [];
    private long _lastChange;

    /// <summary>Composes the events of this moment.</summary>
    /// <returns>What those are sent that have just come, and what the others are.</returns>
    public async Task<(ReadOnlyMemory<byte> Opening, ReadOnlyMemory<byte> News)> ComposeAsync(CancellationToken cancellationToken)
    {
        var reading = cluster.ReadAsync(cancellationToken);
        var lookups = await ReadLookupsAsync(cancellationToken);
        var stats = await reading;
        var changes = log.Changes;
        var nodes = topology.Snapshot.ToResponses();

        var opening = Common().Add("history", lookups).Add("topology", changes);
        var news = Common();
        // Another replica than before may be behind what has been told already.
        if (lookups.TakeWhile(lookup => !_told.Contains(lookup.Id)).ToArray() is { Length: > 0 } newLookups)
        {
            news.Add("history", newLookups);
            _told = [.. lookups.Select(lookup => lookup.Id)];
        }

        if (changes.Where(change => change.Number > _lastChange).ToArray() is { Length: > 0 } newChanges)
            news.Add("topology", newChanges);

        _lastChange = changes.Count > 0 ? changes[^1].Number : 0;
        return (opening.Bytes, news.Bytes);

        EventFrame Common() => new EventFrame(_json).Add("nodes", nodes).Add("stats", stats);
    }

    private async Task<IReadOnlyList<HistoryEntryResponse>> ReadLookupsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await history.ReadAsync(MaximumLookups, before: null, cancellationToken)).Value;
        }
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, cancellationToken))
        {
            LogNoHistory(failure);
            return [];
        }
    }

    [LoggerMessage(LogLevel.Debug, "The history cannot be read now.")]
    private partial void LogNoHistory(Exception failure);
}
