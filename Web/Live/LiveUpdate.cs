using RedisAspire.Web.Api;

namespace RedisAspire.Web.Live;

/// <summary>What the API has told of the nodes and the cache, at one moment.</summary>
public sealed record LiveUpdate
{
    /// <summary>Nothing is known yet.</summary>
    public static LiveUpdate None { get; } = new();

    /// <summary>The nodes as last known; empty when they never were.</summary>
    public IReadOnlyList<NodeResponse> Nodes { get; init; } = [];

    /// <summary>What the cache does.</summary>
    public StatsResponse? Stats { get; init; }

    /// <summary>What the caches have done over the last minutes, the latest last. Always the same list until there is another sample.</summary>
    public IReadOnlyList<StatsSample> Trend { get; init; } = [];

    /// <summary>The last look-ups of all visitors, the latest first.</summary>
    public IReadOnlyList<HistoryEntryResponse> Lookups { get; init; } = [];

    /// <summary>What has happened to the nodes, the latest first.</summary>
    public IReadOnlyList<TopologyChangeResponse> Changes { get; init; } = [];

    /// <summary>When this was known.</summary>
    public DateTimeOffset? KnownAt { get; init; }

    /// <summary>Why nothing new is told now; <see langword="null"/> while there is.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the API answers.</summary>
    public bool IsReachable => Problem is null;

    /// <summary>Whether there is nobody to write to, as far as is known.</summary>
    public bool HasNoMaster => Nodes.Count > 0 && !Working.Any(node => node.Role == "master");

    private IEnumerable<(string Name, string Role)> Working => Nodes.Where(node => node.IsUp).Select(node => (node.Name, node.Role));

    /// <summary>Tells whether somebody answers now who did not before, or is the master now.</summary>
    /// <param name="before">What was known before, if anything was.</param>
    /// <returns>Whether it makes sense to try again what has failed.</returns>
    public bool HasMoreThan(LiveUpdate before) =>
        before != None && IsReachable && (!before.IsReachable || Working.Except(before.Working).Any());
}
