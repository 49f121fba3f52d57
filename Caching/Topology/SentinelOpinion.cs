using System.Globalization;

namespace RedisAspire.Caching.Topology;

/// <summary>Whom a sentinel takes for the master.</summary>
/// <param name="Host">The master's host or address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Epoch">The configuration epoch: of two sentinels the one with the higher knows better.</param>
internal sealed record SentinelOpinion(string Host, int Port, long Epoch)
{
    /// <summary>Reads the reply to <c>SENTINEL MASTER</c>; <see langword="null"/> when it names no address.</summary>
    public static SentinelOpinion? Read(IReadOnlyDictionary<string, string> fields) =>
        fields.TryGetValue("ip", out var host) && int.TryParse(fields.GetValueOrDefault("port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new SentinelOpinion(host, port, long.TryParse(fields.GetValueOrDefault("config-epoch"), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : 0)
            : null;
}
