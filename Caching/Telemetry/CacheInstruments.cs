using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RedisAspire.Caching.Telemetry;

/// <summary>
/// The measurements of one cache. Names and units follow the OpenTelemetry conventions; a key is never an
/// attribute, because there is no end of them.
/// </summary>
internal sealed class CacheInstruments : IDisposable
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "RedisAspire.Caching";

    // From a look-up in the process (about a microsecond) to a slow source.
    private static readonly double[] DurationBuckets =
        [1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _requestDuration;
    private readonly Histogram<double> _sourceDuration;
    private readonly Counter<long> _fallbacks;
    private readonly KeyValuePair<string, object?> _cacheName;

    public CacheInstruments(IMeterFactory meters, string cacheName)
    {
        _cacheName = new("cache.name", cacheName);
        _meter = meters.Create(Name);
        _requests = _meter.CreateCounter<long>("redisaspire.cache.requests", "{request}", "Look-ups answered.");
        var buckets = new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBuckets };
        _requestDuration = _meter.CreateHistogram("redisaspire.cache.request.duration", "s", "How long look-ups took.", advice: buckets);
        _sourceDuration = _meter.CreateHistogram("redisaspire.cache.source.duration", "s", "How long the source took.", advice: buckets);
        _fallbacks = _meter.CreateCounter<long>("redisaspire.cache.fallbacks", "{operation}", "Reads and writes that did without Redis because it failed.");
    }

    public static ActivitySource Source { get; } = new(Name);

    public void Request(CacheLevel level, TimeSpan duration)
    {
        var tags = new TagList
        {
            _cacheName,
            new("cache.request.type", level == CacheLevel.Source ? "miss" : "hit"),
            new("cache.level", NameOf(level)),
            new("cache.stale", false),
        };
        _requests.Add(1, tags);
        _requestDuration.Record(duration.TotalSeconds, tags);
    }

    public void SourceCall(TimeSpan duration, Exception? failure)
    {
        var tags = new TagList { _cacheName };
        if (failure is not null)
            tags.Add("error.type", failure.GetType().FullName);
        _sourceDuration.Record(duration.TotalSeconds, tags);
    }

    public void Fallback() => _fallbacks.Add(1, _cacheName);

    public void Dispose() => _meter.Dispose();

    private static string NameOf(CacheLevel level) => level switch
    {
        CacheLevel.Near => "near",
        CacheLevel.Redis => "redis",
        _ => "source",
    };
}
