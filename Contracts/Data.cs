using System.Text.Json.Serialization;

namespace RedisAspire.Contracts;

/// <summary>The answer of <c>GET /data/{key}</c>.</summary>
/// <param name="Key">The key that was asked for.</param>
/// <param name="Data">Its value.</param>
/// <param name="Source"><c>cache</c> or <c>database</c>.</param>
/// <param name="Level">The cache level that answered: <c>near</c>, <c>redis</c> or <c>source</c>.</param>
/// <param name="Node">The Redis node that held the value, if one did.</param>
/// <param name="ElapsedMs">How long the look-up took in the API, in milliseconds.</param>
/// <param name="TtlSeconds">How long the value remains cached, in seconds; none when it never expires or could not be cached.</param>
/// <param name="Timestamp">When the answer was made.</param>
public sealed record DataResponse(
    string Key,
    string Data,
    string Source,
    string Level,
    string? Node,
    double ElapsedMs,
    double? TtlSeconds,
    DateTimeOffset Timestamp)
{
    /// <summary>What the cache did for it, step by step, if that was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TraceStep>? Trace { get; init; }
}

/// <summary>A step of what the cache did.</summary>
/// <param name="Step">
/// <c>near</c>: the near cache was looked at. <c>flight</c>: a look-up of the same key was joined. <c>offset</c>: the node was
/// asked how far it has replicated. <c>get</c>, <c>timeToLive</c>: the key was read. <c>lease</c>, <c>wait</c>: the right to fill
/// the key was asked for, and waited for. <c>source</c>: the database was queried or changed. <c>set</c>, <c>unlink</c>: the master
/// was written. <c>scan</c>: the keys of the master were gone through. <c>invalidation</c>: the read node has pushed that the key has changed.
/// </param>
/// <param name="Outcome">
/// <c>done</c> or <c>failed</c>; of <c>near</c>: <c>hit</c>, <c>miss</c>, <c>off</c>, <c>bypassed</c>; of reads: <c>found</c>,
/// <c>missing</c>, <c>behind</c> (the node does not have our own write yet); of <c>lease</c>: <c>taken</c>, <c>held</c> by another
/// process, <c>found</c> (the master has the value already); of <c>set</c>: <c>refused</c> (removed meanwhile).
/// </param>
/// <param name="AtMicroseconds">When it began, in microseconds since the first one.</param>
/// <param name="TookMicroseconds">How long it took, in microseconds; none for a moment.</param>
/// <param name="Node">The Redis node that did it, or that the value came from.</param>
/// <param name="TtlSeconds">The time to live that was read or set, in seconds.</param>
/// <param name="Command">
/// The Redis command as a line for a terminal, without a password; of a script the command that matters. What is long or of no use elsewhere
/// is <c>…</c>.
/// </param>
/// <param name="Documentation">Where the command is documented.</param>
public sealed record TraceStep(
    string Step,
    string Outcome,
    double AtMicroseconds,
    double? TookMicroseconds,
    string? Node,
    double? TtlSeconds,
    string? Command,
    string? Documentation)
{
    /// <summary>How many keys were removed, if many may have been.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Keys { get; init; }
}

/// <summary>The body of <c>PUT /data/{key}</c>.</summary>
/// <param name="Value">The new value in the database.</param>
public sealed record DataRequest(string Value);

/// <summary>The answer to a removal that Redis has not made yet, or that was asked to say what the cache did.</summary>
/// <param name="Key">The key.</param>
/// <param name="Outstanding">What remains to be done; nothing when Redis has made the removal.</param>
public sealed record RemovalResponse(string Key, string? Outstanding)
{
    /// <summary>What the cache did, step by step, if that was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TraceStep>? Trace { get; init; }
}
