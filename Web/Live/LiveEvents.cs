using System.Net.ServerSentEvents;
using System.Text.Json;
using RedisAspire.Web.Api;

namespace RedisAspire.Web.Live;

/// <summary>Reads what the API tells into what is known.</summary>
internal static class LiveEvents
{
    private const int MaximumLookups = 100;
    private const int MaximumChanges = 100;

    /// <summary>What is known after an event.</summary>
    /// <param name="before">What was known before it.</param>
    /// <param name="told">The event.</param>
    /// <param name="now">When it came.</param>
    /// <returns>The same as before when the event is of no kind that is known here.</returns>
    /// <exception cref="JsonException">It is not what its kind says.</exception>
    public static LiveUpdate Apply(this LiveUpdate before, SseItem<string> told, DateTimeOffset now) => told.EventType switch
    {
        "nodes" => before with { Nodes = Read<IReadOnlyList<NodeResponse>>(told), KnownAt = now, Problem = null },
        "stats" => before with { Stats = Read<StatsResponse>(told), KnownAt = now, Problem = null },
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

    private static T Read<T>(SseItem<string> told) => JsonSerializer.Deserialize<T>(told.Data, JsonSerializerOptions.Web)!;
}
