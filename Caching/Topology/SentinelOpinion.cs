using System.Globalization;
using RedisAspire.Caching.Tracking;

namespace RedisAspire.Caching.Topology;

/// <summary>Whom a sentinel takes for the master.</summary>
/// <param name="Host">The master's host or address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Epoch">The configuration epoch: of two sentinels the one with the higher knows better.</param>
/// <param name="IsFailingOver">Whether it is making another node the master, which the present one may not even notice.</param>
internal sealed record SentinelOpinion(string Host, int Port, long Epoch, bool IsFailingOver)
{
    /// <summary>How many sentinels have to take the master for down before it is replaced.</summary>
    public int? Quorum { get; init; }

    /// <summary>How many other sentinels it knows.</summary>
    public int? OtherSentinels { get; init; }

    /// <summary>
    /// Whether it is to be believed rather than another one. The sentinel that leads a failover names the old master
    /// until the end, but with the epoch of the new one, which the others have heard of before.
    /// </summary>
    public bool KnowsBetterThan(SentinelOpinion? other) =>
        other is null || Epoch > other.Epoch || (Epoch == other.Epoch && other.IsFailingOver && !IsFailingOver);

    /// <summary>Reads the reply to <c>SENTINEL MASTER</c>; <see langword="null"/> when it names no address.</summary>
    public static SentinelOpinion? Read(in RespFrame fields) =>
        fields.FieldOf("ip") is { } host && Number(fields, "port") is { } port
            ? new SentinelOpinion(
                host, port, Number(fields, "config-epoch") ?? 0,
                fields.FieldOf("flags")?.Contains("failover_in_progress", StringComparison.Ordinal) == true)
            {
                Quorum = Number(fields, "quorum"),
                OtherSentinels = Number(fields, "num-other-sentinels"),
            }
            : null;

    private static int? Number(in RespFrame fields, string name) =>
        int.TryParse(fields.FieldOf(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
