namespace RedisAspire.CoherenceWorker;

/// <summary>A line of a worker's output, as JSON.</summary>
internal sealed record WorkerMessage(MessageKind Kind, int Worker)
{
    public WorkerCounts? Counts { get; init; }

    /// <summary>The key of a violation or a history.</summary>
    public string? Key { get; init; }

    /// <summary>What a violation is.</summary>
    public string? Text { get; init; }

    /// <summary>The read that is a violation, or all events of a history.</summary>
    public IReadOnlyList<KeyEvent> Events { get; init; } = [];

    /// <summary>How often the near cache was emptied.</summary>
    public long Flushes { get; init; }
}
