using System.Text.Json.Serialization;

namespace RedisAspire.Contracts;

/// <summary>An answer that says what was done for it, if the request asks for that with <c>?trace=1</c>.</summary>
public abstract record TracedResponse
{
    /// <summary>What was done for it, step by step, if that was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyOrder(1)]
    public IReadOnlyList<TraceStep>? Trace { get; init; }

    /// <summary>The W3C trace id of the request, under which its spans are found, if that was asked for and they are recorded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyOrder(1)]
    public string? TraceId { get; init; }
}

/// <summary>A step of what was done for a request.</summary>
/// <param name="Step">
/// Of the cache: <c>near</c>: the near cache was looked at. <c>flight</c>: a look-up of the same key was joined. <c>offset</c>: the node was
/// asked how far it has replicated. <c>get</c>, <c>timeToLive</c>: the key was read. <c>lease</c>, <c>wait</c>: the right to fill
/// the key was asked for, and waited for. <c>source</c>: the database was queried or changed. <c>set</c>, <c>unlink</c>: the master
/// was written. <c>scan</c>: the keys of the master were gone through. <c>invalidation</c>: the read node has pushed that the key has changed.
/// Of a product: <c>get</c>: it was read. <c>connection</c>: the master was asked for the number of the connection. <c>script</c>: the master
/// ran the script that writes it. <c>replicas</c>: replicas were waited for.
/// Of a promotion: <c>join</c>: the node was made a replica first. <c>priority</c>, <c>prefer</c>, <c>restore</c>: its priority was read, raised
/// and restored. <c>seen</c>: a sentinel was asked until it had seen that. <c>failover</c>: it was told to fail over. <c>handOver</c>, <c>abort</c>:
/// the master was told to hand over, or not to any more. <c>ask</c>: the node was asked until it was the master. <c>promote</c>: it
/// was made the master. <c>follow</c>: another node was told to follow it. <c>remember</c>: a node wrote its configuration file.
/// <c>announcement</c>: a sentinel published a message. <c>role</c>: a node was seen in a new role. <c>master</c>: writes go to the node.
/// </param>
/// <param name="Outcome">
/// <c>done</c> or <c>failed</c>; of <c>near</c>: <c>hit</c>, <c>miss</c>, <c>off</c>, <c>bypassed</c>; of reads: <c>found</c>,
/// <c>missing</c>, <c>behind</c> (the node does not have our own write yet); of <c>lease</c>: <c>taken</c>, <c>held</c> by another
/// process, <c>found</c> (the master has the value already); of <c>set</c>: <c>refused</c> (removed meanwhile); of <c>script</c>: <c>created</c>,
/// <c>replaced</c>, <c>deleted</c>; of <c>replicas</c>: <c>behind</c> (too few have the write); of <c>role</c>: <c>master</c>, <c>replica</c>.
/// </param>
/// <param name="AtMicroseconds">When it began, in microseconds since the first one.</param>
/// <param name="TookMicroseconds">How long it took, in microseconds; none for a moment.</param>
/// <param name="Node">The Redis node or sentinel that did it, or that the value came from.</param>
/// <param name="TtlSeconds">The time to live that was read or set, in seconds.</param>
/// <param name="Command">
/// The Redis command as a line for a terminal, without a password; of a script of the cache the command that matters. What is long or of no use
/// elsewhere is <c>…</c>.
/// </param>
/// <param name="Documentation">Where the command is documented.</param>
/// <param name="Keys">How many keys were removed, if many may have been.</param>
/// <param name="Replicas">How many replicas have acknowledged a write.</param>
/// <param name="Times">How often the command was sent, if it was repeated.</param>
/// <param name="Message">The message that a sentinel published, as it came.</param>
public sealed record TraceStep(
    string Step,
    string Outcome,
    double AtMicroseconds,
    double? TookMicroseconds,
    string? Node,
    double? TtlSeconds,
    string? Command,
    string? Documentation,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Keys = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Replicas = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Times = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message = null);
