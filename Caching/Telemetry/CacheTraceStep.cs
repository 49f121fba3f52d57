using System.Runtime.InteropServices;

namespace RedisAspire.Caching.Telemetry;

/// <summary>One step of a <see cref="CacheTrace"/>.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="At">When it began, since the trace did.</param>
public sealed record CacheTraceStep(CacheTraceKind Kind, CacheTraceOutcome Outcome, TimeSpan At)
{
    /// <summary>How long it took; <see langword="null"/> for a moment.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>The Redis node that did it, or that the value came from.</summary>
    public string? Node { get; init; }

    /// <summary>The time to live that was read or set; <see langword="null"/> for ever, or when the step has none.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>How many keys were removed; <see langword="null"/> when the command names all of them.</summary>
    public long? Keys { get; init; }

    /// <summary>The Redis command and its arguments; of a script the command that matters. The token of a lease, and a value that is long or not text, is <c>…</c>.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];
}

/// <summary>A write, as a trace shows it.</summary>
/// <param name="Keys">The keys; <see langword="null"/> for the one that the operation is about.</param>
/// <param name="Payload">The bytes that are stored; <see langword="null"/> for a removal.</param>
/// <param name="TimeToLive">The time to live that is set.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TracedWrite(IReadOnlyCollection<string>? Keys = null, byte[]? Payload = null, TimeSpan? TimeToLive = null);

/// <summary>The kinds of steps of a <see cref="CacheTrace"/>.</summary>
public enum CacheTraceKind
{
    /// <summary>The near cache was looked at.</summary>
    Near,

    /// <summary>Another operation on the same key was joined.</summary>
    Flight,

    /// <summary>A node was asked how far it has replicated, because this process has written the key a moment ago.</summary>
    Offset,

    /// <summary>A key was read.</summary>
    Get,

    /// <summary>The time to live of a key was read.</summary>
    TimeToLive,

    /// <summary>The lease on a missing key was asked for.</summary>
    Lease,

    /// <summary>The process with the lease was waited for.</summary>
    Wait,

    /// <summary>The source was called, or changed.</summary>
    Source,

    /// <summary>A value was stored.</summary>
    Set,

    /// <summary>Keys were removed.</summary>
    Unlink,

    /// <summary>The keys of the master were gone through.</summary>
    Scan,

    /// <summary>The read node has pushed an invalidation.</summary>
    Invalidation,
}

/// <summary>What came of a step of a <see cref="CacheTrace"/>.</summary>
public enum CacheTraceOutcome
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>It failed: Redis did not answer, or the source threw an exception.</summary>
    Failed,

    /// <summary>The near cache has the value.</summary>
    Hit,

    /// <summary>The near cache does not have the value.</summary>
    Miss,

    /// <summary>The near cache is off, because Redis does not push invalidations now.</summary>
    Off,

    /// <summary>The near cache was not read, as the options demand.</summary>
    Bypassed,

    /// <summary>The key, or its time to live, is there.</summary>
    Found,

    /// <summary>The key is not there, or it has no time to live.</summary>
    Missing,

    /// <summary>The node does not have the latest write of this process yet.</summary>
    Behind,

    /// <summary>This process has the lease.</summary>
    Taken,

    /// <summary>Another process has the lease.</summary>
    Held,

    /// <summary>The value was removed meanwhile, so a value from before is not stored.</summary>
    Refused,
}
