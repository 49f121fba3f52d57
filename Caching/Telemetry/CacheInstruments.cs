using System.Diagnostics;
using System.Diagnostics.Metrics;
using RedisAspire.Caching.Near;
using RedisAspire.Topology;

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

    private readonly TimeProvider _time;
    private readonly double _nanosecondsPerTick;
    private readonly Meter _meter;
    private readonly Histogram<double> _requestDuration;
    // For whoever draws a picture without choosing attributes: hits take microseconds and misses seconds, so that together hits are a line at zero.
    private readonly Histogram<double> _hitDuration;
    private readonly Histogram<double> _missDuration;
    private readonly Histogram<double> _sourceDuration;
    private readonly Histogram<double> _operationDuration;
    private readonly Counter<long> _coalesced;
    private readonly Counter<long> _fallbacks;
    private readonly KeyValuePair<string, object?> _cacheName;
    // One set of attributes for each outcome, made once: a hit in the process allocates nothing.
    private readonly KeyValuePair<string, object?>[][] _outcomes;

    public CacheInstruments(IMeterFactory meters, TimeProvider time, string cacheName)
    {
        _time = time;
        _nanosecondsPerTick = 1e9 / time.TimestampFrequency;
        _cacheName = new("cache.name", cacheName);
        _outcomes = [.. Enum.GetValues<CacheLevel>().SelectMany(level => (IEnumerable<KeyValuePair<string, object?>[]>)[Outcome(level, isStale: false), Outcome(level, isStale: true)])];
        _meter = meters.Create(Name);
        var buckets = new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBuckets };
        _requestDuration = _meter.CreateHistogram("redisaspire.cache.request.duration", "s", "How long look-ups took.", advice: buckets);
        _hitDuration = _meter.CreateHistogram("redisaspire.cache.hit.duration", "s", "How long look-ups took that the near cache or Redis answered.", advice: buckets);
        _missDuration = _meter.CreateHistogram("redisaspire.cache.miss.duration", "s", "How long look-ups took that the source answered.", advice: buckets);
        _sourceDuration = _meter.CreateHistogram("redisaspire.cache.source.duration", "s", "How long the source took.", advice: buckets);
        _coalesced = _meter.CreateCounter<long>("redisaspire.cache.coalesced", "{request}", "Look-ups that shared the work of another.");
        _fallbacks = _meter.CreateCounter<long>("redisaspire.cache.fallbacks", "{operation}", "Reads and writes that did without Redis because it failed.");
        _operationDuration = _meter.CreateHistogram("db.client.operation.duration", "s", "How long Redis took.", advice: buckets);
    }

    public static ActivitySource Source { get; } = new(Name);

    /// <summary>A moment, to measure from.</summary>
    public long Now => _time.GetTimestamp();

    /// <summary>What is counted whether anybody listens or not.</summary>
    public RequestCounters Counters { get; } = new();

    /// <summary>The beginning of a look-up that may be a hit in the process; 0 when it need not be timed.</summary>
    public long BeginRequest() => _requestDuration.Enabled || _hitDuration.Enabled || Counters.Near.IsNextTimed ? Now : 0;

    /// <summary>Takes note of a hit in the process.</summary>
    public void NearHit(long started)
    {
        var times = Counters.Near.CountHit();
        if (started == 0)
            return;

        if (times > 0)
            Counters.TimeNearHit(NanosecondsSince(started), times);
        Publish(CacheLevel.Near, isStale: false, started);
    }

    /// <summary>Takes note of a look-up that went beyond the process.</summary>
    public void Request(CacheLevel level, bool isStale, long started)
    {
        Counters.Count(level, isStale, NanosecondsSince(started));
        Publish(level, isStale, started);
    }

    public void SourceCall(long started, Exception? failure)
    {
        var tags = new TagList { _cacheName };
        if (failure is not null)
            tags.Add("error.type", failure.GetType().FullName);
        _sourceDuration.Record(_time.GetElapsedTime(started).TotalSeconds, tags);
    }

    /// <summary>The end of an operation on a Redis node, by the conventions for database clients.</summary>
    /// <param name="activity">Its span.</param>
    /// <param name="operation">Its name.</param>
    /// <param name="node">The node.</param>
    /// <param name="started">When it began.</param>
    /// <param name="failure">What it failed with.</param>
    public void Operation(Activity? activity, string operation, RedisNode node, long started, Exception? failure)
    {
        // What the client says of a failure may name the key.
        if (failure is not null)
            activity?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", failure.GetType().FullName);
        if (!_operationDuration.Enabled)
            return;

        var tags = new TagList
        {
            new("db.system.name", "redis"),
            new("db.operation.name", operation),
            new("server.address", node.Endpoint.Host),
            new("server.port", node.Endpoint.Port),
        };
        if (failure is not null)
            tags.Add("error.type", failure.GetType().FullName);
        _operationDuration.Record(_time.GetElapsedTime(started).TotalSeconds, tags);
    }

    /// <summary>Begins the span of a look-up that goes beyond the process.</summary>
    public static Activity? StartLookup() => Source.StartActivity("cache look-up");

    /// <summary>Says in the span what the look-up found.</summary>
    public static void EndLookup(Activity? activity, CacheLevel level, bool isStale)
    {
        activity?.SetTag("cache.level", NameOf(level));
        activity?.SetTag("cache.request.type", TypeOf(level));
        activity?.SetTag("cache.stale", isStale);
    }

    /// <summary>Begins the span of an operation on a Redis node, by the conventions for database clients.</summary>
    public static Activity? StartOperation(string operation, RedisNode node)
    {
        var activity = Source.StartActivity(operation, ActivityKind.Client);
        activity?.SetTag("db.system.name", "redis");
        activity?.SetTag("db.operation.name", operation);
        activity?.SetTag("server.address", node.Endpoint.Host);
        activity?.SetTag("server.port", node.Endpoint.Port);
        // Addresses look all alike, and what shows traces may know one by another name.
        activity?.SetTag("peer.service", node.Name);
        return activity;
    }

    public void Coalesced()
    {
        Counters.CountCoalesced();
        _coalesced.Add(1, _cacheName);
    }

    public void Fallback()
    {
        Counters.CountFallback();
        _fallbacks.Add(1, _cacheName);
    }

    /// <summary>Publishes what the near cache counts by itself.</summary>
    public void Observe(NearCache near)
    {
        _meter.CreateObservableGauge("redisaspire.cache.near.entries", () => Of(near.Count), "{entry}", "Entries in the process.");
        _meter.CreateObservableGauge("redisaspire.cache.near.size", () => Of(near.Bytes), "By", "Bytes in the process.");
        _meter.CreateObservableCounter("redisaspire.cache.invalidations", () => Of(near.Statistics.Invalidations), "{invalidation}", "Entries removed from the process because they changed.");
        _meter.CreateObservableCounter("redisaspire.cache.flushes", () => Of(near.Statistics.Flushes), "{flush}", "How often the process let go of all entries.");
        _meter.CreateObservableCounter("redisaspire.cache.evictions", () => Of(near.Statistics.CapacityEvictions), "{entry}", "Entries that made room for others.");
    }

    /// <summary>Publishes how far the replicas are behind.</summary>
    public void Observe(RedisTopology topology) =>
        _meter.CreateObservableGauge(
            "redisaspire.redis.replication.lag",
            () => topology.Snapshot.Nodes.Where(node => node.LagBytes is not null)
                .Select(node => new Measurement<long>(node.LagBytes!.Value, new KeyValuePair<string, object?>("redis.node", node.Name))),
            "By",
            "How far the replicas are behind their master.");

    public void Dispose() => _meter.Dispose();

    private void Publish(CacheLevel level, bool isStale, long started)
    {
        var ofKind = level == CacheLevel.Source ? _missDuration : _hitDuration;
        if (!_requestDuration.Enabled && !ofKind.Enabled)
            return;

        var seconds = _time.GetElapsedTime(started).TotalSeconds;
        ReadOnlySpan<KeyValuePair<string, object?>> outcome = _outcomes[((int)level * 2) + (isStale ? 1 : 0)];
        _requestDuration.Record(seconds, outcome);
        ofKind.Record(seconds, outcome);
    }

    private long NanosecondsSince(long started) => (long)((Now - started) * _nanosecondsPerTick);

    private Measurement<long> Of(long value) => new(value, _cacheName);

    private KeyValuePair<string, object?>[] Outcome(CacheLevel level, bool isStale) =>
    [
        _cacheName,
        new("cache.request.type", TypeOf(level)),
        new("cache.level", NameOf(level)),
        new("cache.stale", isStale),
    ];

    private static string TypeOf(CacheLevel level) => level == CacheLevel.Source ? "miss" : "hit";

    private static string NameOf(CacheLevel level) => level switch
    {
        CacheLevel.Near => "near",
        CacheLevel.Redis => "redis",
        _ => "source",
    };
}
