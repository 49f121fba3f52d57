using System.Globalization;

namespace RedisAspire.Caching.Topology;

/// <summary>How often a node has run a command since it started, and what that has cost.</summary>
/// <param name="Command">The command, as <c>get</c> or <c>config|set</c>.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Microseconds">How long all of that took.</param>
/// <param name="MicrosecondsPerCall">How long one took on average.</param>
/// <param name="Rejected">How often it was refused before it ran.</param>
/// <param name="Failed">How often it ended with an error.</param>
public sealed record RedisCommandUsage(string Command, long Calls, long Microseconds, double MicrosecondsPerCall, long Rejected, long Failed)
{
    /// <summary>Reads <c>INFO commandstats</c>, the most expensive command first.</summary>
    internal static IEnumerable<RedisCommandUsage> ReadAll(RedisInfo info) =>
        info.StartingWith("cmdstat_").Select(field => Read(field.Key, field.Value)).OrderByDescending(usage => usage.Microseconds);

    private static RedisCommandUsage Read(string command, string value)
    {
        _ = double.TryParse(RedisInfo.PartOf(value, "usec_per_call"), NumberStyles.Float, CultureInfo.InvariantCulture, out var perCall);
        return new RedisCommandUsage(command, Count("calls"), Count("usec"), perCall, Count("rejected_calls"), Count("failed_calls"));

        long Count(string part) => RedisInfo.ToNumber(RedisInfo.PartOf(value, part)) ?? 0;
    }
}
