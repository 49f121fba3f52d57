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
}
