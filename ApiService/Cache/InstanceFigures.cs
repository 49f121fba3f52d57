using System.Text.Json.Serialization;
using RedisAspire.ApiService.Storage;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.ApiService.Cache;

/// <summary>What one instance of the API tells the others of its cache.</summary>
/// <param name="Instance">Its name.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="IsNearCacheOn">Whether values stay in its process now.</param>
/// <param name="NearEntries">How many of them are there.</param>
/// <param name="NearBytes">How many bytes they count for.</param>
/// <param name="SinceStart">What its cache has done since the start.</param>
/// <param name="LastMinute">What it has done over the last minute.</param>
internal sealed record InstanceFigures(
    string Instance,
    DateTimeOffset StartedAt,
    bool IsNearCacheOn,
    int NearEntries,
    long NearBytes,
    CacheFigures SinceStart,
    CacheFigures LastMinute)
{
    // Those of many instances can be added, and are numbers in a browser.
    private const long Maximum = 1L << 53;
    private const int MaximumName = 256;

    /// <summary>Whether an instance can have told this: anybody can write where they do.</summary>
    [JsonIgnore]
    public bool IsPlausible =>
        Instance.Length is > 0 and <= MaximumName && NearEntries >= 0 && IsCount(NearBytes) && ArePlausible(SinceStart) && ArePlausible(LastMinute);

    /// <summary>The present figures of this instance.</summary>
    public static InstanceFigures Of(ServiceInstance instance, CacheStatistics statistics) => new(
        instance.Name, statistics.StartedAt, statistics.IsNearCacheOn, statistics.NearEntries, statistics.NearBytes, statistics.SinceStart, statistics.LastMinute);

    private static bool ArePlausible(CacheFigures figures) => Array.TrueForAll(
        [
            figures.NearHits, figures.RedisHits, figures.Stale, figures.Misses, figures.Coalesced, figures.Fallbacks,
            figures.Invalidations, figures.Evictions, figures.Flushes,
        ],
        IsCount);

    private static bool IsCount(long count) => count is >= 0 and <= Maximum;
}
