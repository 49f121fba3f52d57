using System.Net.ServerSentEvents;
using System.Text.Json;

namespace RedisAspire.Web.Live;

/// <summary>Reads what the API tells into what is known.</summary>
internal static class LiveEvents
{
    private const int MaximumLookups = 100;
    private const int MaximumChanges = 100;

    // As often as the instances tell each other their figures; for as long as a person can see as one picture.
    private static readonly TimeSpan TrendInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TrendLength = TimeSpan.FromMinutes(5);

    /// <summary>What is known after an event.</summary>
    /// <param name="before">What was known before it.</param>
    /// <param name="told">The event.</param>
    /// <param name="now">When it came.</param>
    /// <returns>The same as before when the event is of no kind that is known here.</returns>
    /// <exception cref="JsonException">It is not what its kind says.</exception>
    public static LiveUpdate Apply(this LiveUpdate before, SseItem<string> told, DateTimeOffset now) => told.EventType switch
    {
        "nodes" => before with { Nodes = Read<IReadOnlyList<NodeResponse>>(told), KnownAt = now, Problem = null },
        "stats" => before.Apply(Read<StatsResponse>(told)) with { KnownAt = now, Problem = null },
        // Another instance may tell some of it again after a loss of the connection.
        "history" => before with
        {
            Lookups = [.. Read<HistoryEntryResponse[]>(told).Concat(before.Lookups).DistinctBy(lookup => lookup.Id, StringComparer.Ordinal).Take(MaximumLookups)],
        },
        "topology" => before with
        {
            Changes = [.. Read<TopologyChangeResponse[]>(told).Reverse().Concat(before.Changes).DistinctBy(change => (change.Time, change.Change, change.Node)).Take(MaximumChanges)],
        },
        _ => before,
    };

    private static LiveUpdate Apply(this LiveUpdate before, StatsResponse stats) => before with
    {
        Stats = stats,
        Trend = before.Trend is [.., var last] && stats.TakenAt - last.TakenAt < TrendInterval
            ? before.Trend
            : [.. before.Trend.Where(sample => stats.TakenAt - sample.TakenAt <= TrendLength), new StatsSample(stats.TakenAt, stats.Cluster.Near, stats.Cluster.LastMinute)],
    };

    private static T Read<T>(SseItem<string> told) => JsonSerializer.Deserialize<T>(told.Data, JsonSerializerOptions.Web) ?? throw new JsonException($"'{told.EventType}' says nothing.");
}
