using System.Globalization;
using RedisAspire.Caching.Resp;

namespace RedisAspire.Caching.Topology;

/// <summary>Whom a sentinel takes for the master.</summary>
/// <param name="Host">The master's host or address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Epoch">The configuration epoch: of two sentinels the one with the higher knows better.</param>
/// <param name="IsFailingOver">Whether it is making another node the master, which the present one may not even notice.</param>
internal sealed record SentinelOpinion(string Host, int Port, long Epoch, bool IsFailingOver)
{
    /// <summary>Reads the reply to <c>SENTINEL MASTER</c>; <see langword="null"/> when it names no address.</summary>
    public static SentinelOpinion? Read(in RespFrame fields) =>
        fields.FieldOf("ip") is { } host && int.TryParse(fields.FieldOf("port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new SentinelOpinion(
                host, port,
                long.TryParse(fields.FieldOf("config-epoch"), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : 0,
                fields.FieldOf("flags")?.Contains("failover_in_progress", StringComparison.Ordinal) == true)
            : null;
}
