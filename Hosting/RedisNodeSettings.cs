namespace RedisAspire.Hosting;

/// <summary>What is the same on every node, so that any of them may be promoted.</summary>
internal sealed record RedisNodeSettings
{
    /// <summary>The most memory for data; Redis' own default when not given, which is no limit.</summary>
    public string? MaxMemory { get; init; }

    public RedisEvictionPolicy EvictionPolicy { get; init; }

    /// <summary>How often a snapshot is stored; never when not given.</summary>
    public TimeSpan? SnapshotInterval { get; init; }

    public long SnapshotThreshold { get; init; } = 1;

    public bool IsAppendOnly { get; init; }

    /// <summary>The port of the first node on the host; the others take the ones after it. None: any free ports.</summary>
    public int? FirstPort { get; init; }

    /// <summary>The same for the sentinels.</summary>
    public int? FirstSentinelPort { get; init; }

    /// <summary>Where data is kept; nowhere if it is not given.</summary>
    public RedisDataLocation? Data { get; init; }

    /// <summary>Whether containers go on when the app host ends.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>The settings with a snapshot each minute, where data is kept and nothing was said about how.</summary>
    public RedisNodeSettings WithDefaultPersistence() =>
        Data is { IsReadOnly: true } ? this with { IsAppendOnly = false, SnapshotInterval = null }
        : Data is not null && !IsAppendOnly && SnapshotInterval is null ? this with { SnapshotInterval = TimeSpan.FromSeconds(60) }
        : this;
}

/// <summary>Where data and roles outlive the app host.</summary>
/// <param name="Directory">A directory of this machine; a volume if it is not given.</param>
/// <param name="Volume">What the names of the volumes start with; a name of the checkout's own if it is not given.</param>
/// <param name="IsReadOnly">Whether nodes only begin with what is there.</param>
internal sealed record RedisDataLocation(string? Directory, string? Volume, bool IsReadOnly);
