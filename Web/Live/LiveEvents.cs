using System.Net.ServerSentEvents;
using System.Text.Json;

namespace RedisAspire.Web.Live;

/// <summary>Applies the events of the API to a snapshot.</summary>
internal static class LiveEvents
{
    private const int MaximumLookups = 100;
    private const int MaximumChanges = 100;

    // The instances exchange their figures every two seconds, and a chart of five minutes fits one picture.
    private static readonly TimeSpan TrendInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TrendLength = TimeSpan.FromMinutes(5);

    /// <summary>Returns the snapshot after an event.</summary>
    /// <param name="before">The snapshot before it.</param>
    /// <param name="item">The event.</param>
    /// <param name="now">When it was received.</param>
    /// <returns>The snapshot with the event applied; the same snapshot when the kind of the event is unknown.</returns>
    /// <exception cref="JsonException">The data of the event does not match its kind.</exception>
    public static LiveSnapshot Apply(this LiveSnapshot before, SseItem<string> item, DateTimeOffset now) => item.EventType switch
    {
        "nodes" => before with { Nodes = Read<IReadOnlyList<NodeResponse>>(item), KnownAt = now, Problem = null },
        "stats" => before.Apply(Read<StatsResponse>(item)) with { KnownAt = now, Problem = null },
        // After a loss of the connection another instance may send some of the entries again.
        "history" => before with
        {
            Lookups = [.. Read<HistoryEntryResponse[]>(item).Concat(before.Lookups).DistinctBy(lookup => lookup.Id, StringComparer.Ordinal).Take(MaximumLookups)],
        },
        "topology" => before with
        {
            Changes = [.. Read<TopologyChangeResponse[]>(item).Reverse().Concat(before.Changes).DistinctBy(change => (change.Time, change.Change, change.Node)).Take(MaximumChanges)],
        },
        _ => before,
    };

    private static LiveSnapshot Apply(this LiveSnapshot before, StatsResponse stats) => before with
    {
        Stats = stats,
        Trend = before.Trend is [.., var last] && stats.TakenAt - last.TakenAt < TrendInterval
            ? before.Trend
            : [.. before.Trend.Where(sample => stats.TakenAt - sample.TakenAt <= TrendLength), new StatsSample(stats.TakenAt, stats.Cluster.Near, stats.Cluster.LastMinute)],
    };

    private static T Read<T>(SseItem<string> item) => JsonSerializer.Deserialize<T>(item.Data, JsonSerializerOptions.Web) ?? throw new JsonException($"'{item.EventType}' has no data.");
}
