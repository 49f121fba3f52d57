using System.Net.ServerSentEvents;
using System.Text.Json;
using RedisAspire.Web.Api;

namespace RedisAspire.Web.Live;

/// <summary>The nodes and the cache at one moment, as the API has reported them.</summary>
public sealed record LiveSnapshot
{
    /// <summary>Nothing is known yet.</summary>
    public static LiveSnapshot None { get; } = new();

    /// <summary>The last known state of the nodes; empty before the first report.</summary>
    public IReadOnlyList<NodeResponse> Nodes { get; init; } = [];

    /// <summary>The figures of the caches.</summary>
    public StatsResponse? Stats { get; init; }

    /// <summary>The figures of the last minutes, the latest last. The list is the same object until a sample is added.</summary>
    public IReadOnlyList<StatsSample> Trend { get; init; } = [];

    /// <summary>The last look-ups of all visitors, the latest first.</summary>
    public IReadOnlyList<HistoryEntryResponse> Lookups { get; init; } = [];

    /// <summary>The changes of the topology, the latest first.</summary>
    public IReadOnlyList<TopologyChangeResponse> Changes { get; init; } = [];

    /// <summary>The sentinels; <see langword="null"/> before the first report.</summary>
    public IReadOnlyList<RedisSentinelStatus>? Sentinels { get; init; }

    /// <summary>When the nodes or the figures were last reported.</summary>
    public DateTimeOffset? KnownAt { get; init; }

    /// <summary>Why there are no reports at present; <see langword="null"/> while there are.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the API answers.</summary>
    public bool IsReachable => Problem is null;

    /// <summary>Whether the nodes are known and none of them is a working master.</summary>
    public bool HasNoMaster => Nodes.Count > 0 && !Working.Any(node => node.Role == "master");

    /// <summary>
    /// The node that takes the writes, if any does. A former master that has just come back reports itself as one until it is
    /// demoted: the last change names the real one.
    /// </summary>
    public NodeResponse? Master
    {
        get
        {
            var last = Changes.FirstOrDefault(change => change.Change == "master")?.Node;
            return Nodes.Where(node => node is { IsUp: true, Role: "master" }).OrderByDescending(node => node.Name == last).FirstOrDefault();
        }
    }

    private IEnumerable<(string Name, string Role)> Working => Nodes.Where(node => node.IsUp).Select(node => (node.Name, node.Role));

    /// <summary>The role of a node as a visitor should see it; <c>former master</c> for a master that is not the one which takes the writes.</summary>
    internal string RoleOf(NodeResponse node) => node.Role == "master" && Master is { } master && master.Name != node.Name ? "former master" : node.Role;

    /// <summary>Whether the API, a node or a master answers that did not answer before: a request that failed may succeed now.</summary>
    internal bool HasMoreThan(LiveSnapshot before) =>
        before != None && IsReachable && (!before.IsReachable || Working.Except(before.Working).Any());
}

/// <summary>The figures of all caches together at one moment.</summary>
/// <param name="TakenAt">The moment.</param>
/// <param name="Near">The near caches of all processes together.</param>
/// <param name="LastMinute">The requests of the minute before.</param>
public sealed record StatsSample(DateTimeOffset TakenAt, NearCacheResponse Near, FiguresResponse LastMinute);

/// <summary>Applies the events of the API to a snapshot.</summary>
internal static class LiveEvents
{
    private const int MaximumLookups = 100;
    private const int MaximumChanges = 100;

    // Two instances of the API see the same change within this time.
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(5);

    // The instances exchange their figures every two seconds, and a chart of five minutes fits one picture.
    private static readonly TimeSpan TrendInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TrendLength = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Returns the snapshot after an event. The changes of the topology are all that this instance of the API has seen if the
    /// stream is opening, else only the latest.
    /// </summary>
    /// <exception cref="JsonException">The data of the event does not match its kind.</exception>
    public static LiveSnapshot Apply(this LiveSnapshot before, SseItem<string> item, DateTimeOffset now, bool isOpening = false) => item.EventType switch
    {
        "nodes" => before with { Nodes = Read<IReadOnlyList<NodeResponse>>(item), KnownAt = now, Problem = null },
        "stats" => before.Apply(Read<StatsResponse>(item)) with { KnownAt = now, Problem = null },
        // After a loss of the connection another instance may send some of the entries again.
        "history" => before with
        {
            Lookups = [.. Read<HistoryEntryResponse[]>(item).Concat(before.Lookups).DistinctBy(lookup => lookup.Id, StringComparer.Ordinal).Take(MaximumLookups)],
        },
        "topology" => before with { Changes = Join(Read<TopologyChangeResponse[]>(item), before.Changes, isOpening) },
        "sentinels" => before with { Sentinels = Read<IReadOnlyList<RedisSentinelStatus>>(item) },
        _ => before,
    };

    private static LiveSnapshot Apply(this LiveSnapshot before, StatsResponse stats) => before with
    {
        Stats = stats,
        Trend = before.Trend is [.., var last] && stats.TakenAt - last.TakenAt < TrendInterval
            ? before.Trend
            : [.. before.Trend.Where(sample => stats.TakenAt - sample.TakenAt <= TrendLength), new StatsSample(stats.TakenAt, stats.Cluster.Near, stats.Cluster.LastMinute)],
    };

    // Every instance of the API sees each change at a moment of its own, so the changes of two instances cannot be told apart: the
    // new one has the word for all that it was there for.
    private static IReadOnlyList<TopologyChangeResponse> Join(TopologyChangeResponse[] news, IReadOnlyList<TopologyChangeResponse> before, bool isOpening)
    {
        var start = news.Length > 0 ? news.Min(change => change.Time) - Apart : DateTimeOffset.MaxValue;
        return [.. news.Reverse().Concat(isOpening ? before.Where(change => change.Time < start) : before).Take(MaximumChanges)];
    }

    private static T Read<T>(SseItem<string> item) => JsonSerializer.Deserialize<T>(item.Data, JsonSerializerOptions.Web) ?? throw new JsonException($"'{item.EventType}' has no data.");
}
