namespace RedisAspire.Hosting;

/// <summary>What is the same on every node, so that any of them may be promoted.</summary>
internal sealed record RedisNodeSettings
{
    /// <summary>The most memory for data; Redis' own default when not given, which is no limit.</summary>
    public string? MaxMemory { get; init; }

    /// <summary>What is evicted when that is used up.</summary>
    public string MaxMemoryPolicy { get; init; } = "noeviction";

    /// <summary>Whether every write is kept on disk.</summary>
    public bool IsAppendOnly { get; init; }

    /// <summary>The port of the first node on the host; the others take the ones after it. None: any free ports.</summary>
    public int? FirstPort { get; init; }

    /// <summary>The same for the sentinels.</summary>
    public int? FirstSentinelPort { get; init; }

    /// <summary>Whether data and roles outlive the app host.</summary>
    public bool HasDataVolume { get; init; }

    /// <summary>A directory of this machine where they are kept instead.</summary>
    public string? DataDirectory { get; init; }
}
