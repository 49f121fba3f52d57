using System.Buffers;
using System.Text.Json;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Topology;

namespace RedisAspire.ApiService.Data;

/// <summary>Maps what the cache did to the answers of the API.</summary>
internal static class TraceMapping
{
    // No shell gives these a meaning of its own.
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,:/@%+");

    /// <summary>The steps of a trace.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="topology">Knows the addresses of the nodes.</param>
    public static TraceStep[] ToSteps(this CacheTrace trace, RedisTopology topology)
    {
        var addresses = topology.Snapshot.Nodes.ToDictionary(node => node.Name, node => node.Address, StringComparer.Ordinal);
        return [.. trace.Steps.Select(step => new TraceStep(
            JsonNamingPolicy.CamelCase.ConvertName($"{step.Kind}"),
            JsonNamingPolicy.CamelCase.ConvertName($"{step.Outcome}"),
            Math.Round(step.At.TotalMicroseconds, 1),
            step.Took is { } took ? Math.Round(took.TotalMicroseconds, 1) : null,
            step.Node,
            step.TimeToLive is { } timeToLive ? Math.Round(timeToLive.TotalSeconds, 3) : null,
            step.Command is not [] && step.Node is { } node && addresses.TryGetValue(node, out var address) ? LineOf(address, step.Command) : null,
            DocumentationOf(step))
        {
            Keys = step.Keys,
        })];
    }

    /// <summary>A command as it is typed into <c>redis-cli</c>.</summary>
    public static string LineOf(IEnumerable<string> command) => string.Join(' ', command.Select(Quote));

    private static string? DocumentationOf(CacheTraceStep step) => step switch
    {
        { Command: [var command, ..] } => $"https://redis.io/docs/latest/commands/{command.ToLowerInvariant()}/",
        { Kind: CacheTraceKind.Invalidation } => "https://redis.io/docs/latest/commands/client-tracking/",
        _ => null,
    };

    // The password is not part of it: redis-cli reads that of the operator from REDISCLI_AUTH.
    private static string LineOf(string address, IEnumerable<string> command)
    {
        var colon = address.LastIndexOf(':');
        var (host, port) = (address[..colon], address[(colon + 1)..]);
        string[] node = host is "127.0.0.1" or "localhost" ? ["-p", port] : ["-h", host.Trim('[', ']'), "-p", port];
        return $"redis-cli {string.Join(' ', node)} {LineOf(command)}";
    }

    private static string Quote(string word) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
