using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using RedisAspire.Caching.Near;
using RedisAspire.Topology;

namespace RedisAspire.Caching.Telemetry;

/// <summary>
/// The metrics and spans of one cache. Names and units follow the OpenTelemetry conventions; a key is never an attribute,
/// because the number of keys is unbounded.
/// </summary>
internal sealed class CacheInstruments : IDisposable
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "RedisAspire.Caching";

    // The buckets reach from a near hit (about a microsecond) to a slow source.
    private static readonly double[] DurationBuckets =
        [1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly TimeProvider _time;
    private readonly double _nanosecondsPerTick;
    private readonly Meter _meter;
    private readonly Histogram<double> _requestDuration;
    // Hits and misses also have a histogram each, for dashboards that draw an instrument as one line: hits take microseconds
    // and misses seconds, so that in one chart the hits would be a line at zero.
    private readonly Histogram<double> _hitDuration;
    private readonly Histogram<double> _missDuration;
    private readonly Histogram<double> _sourceDuration;
    private readonly Histogram<double> _operationDuration;
    private readonly Counter<long> _coalesced;
    private readonly Counter<long> _fallbacks;
    private readonly KeyValuePair<string, object?> _cacheName;
    // The attributes of each outcome are created once, so that a near hit allocates nothing.
    private readonly KeyValuePair<string, object?>[][] _outcomes;

    public CacheInstruments(IMeterFactory meters, TimeProvider time, string cacheName)
    {
        _time = time;
        _nanosecondsPerTick = 1e9 / time.TimestampFrequency;
        _cacheName = new("cache.name", cacheName);
        _outcomes = [.. Enum.GetValues<CacheLevel>().SelectMany(level => (IEnumerable<KeyValuePair<string, object?>[]>)[Outcome(level, isStale: false), Outcome(level, isStale: true)])];
        _meter = meters.Create(Name);
        var buckets = new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBuckets };
        _requestDuration = _meter.CreateHistogram("redisaspire.cache.request.duration", "s", "Duration of look-ups.", advice: buckets);
        _hitDuration = _meter.CreateHistogram("redisaspire.cache.hit.duration", "s", "Duration of look-ups answered by the near cache or Redis.", advice: buckets);
        _missDuration = _meter.CreateHistogram("redisaspire.cache.miss.duration", "s", "Duration of look-ups answered by the source.", advice: buckets);
        _sourceDuration = _meter.CreateHistogram("redisaspire.cache.source.duration", "s", "Duration of calls of the source.", advice: buckets);
        _coalesced = _meter.CreateCounter<long>("redisaspire.cache.coalesced", "{request}", "Look-ups that shared the read or source call of another one.");
        _fallbacks = _meter.CreateCounter<long>("redisaspire.cache.fallbacks", "{operation}", "Reads and writes that continued without Redis because it failed.");
        _meter.CreateObservableCounter(
            "redisaspire.cache.requests",
            () => (Measurement<long>[])
            [
                RequestsOf(CacheLevel.Near, Counters.Near.Count), RequestsOf(CacheLevel.Redis, Counters.RedisHits), RequestsOf(CacheLevel.Source, Counters.SourceCalls),
            ],
            "{request}",
            "Look-ups.");
        _operationDuration = _meter.CreateHistogram("db.client.operation.duration", "s", "Duration of Redis operations.", advice: buckets);
    }

    public static ActivitySource Source { get; } = new(Name);

    /// <summary>The current timestamp, to measure durations from.</summary>
    public long Now => _time.GetTimestamp();

    /// <summary>The clock of the timestamps.</summary>
    public TimeProvider Time => _time;

    /// <summary>The counters that are kept regardless of any metrics listener.</summary>
    public RequestCounters Counters { get; } = new();

    /// <summary>Begins a look-up that may be a near hit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LookupStart BeginLookup()
    {
        var weight = Counters.Near.CountLookup();
        return new LookupStart(weight == 0 ? 0 : Now, weight);
    }

    /// <summary>Records a near hit. Those that are not timed have been counted already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void NearHit(LookupStart start)
    {
        if (start.Weight > 0)
            TimeNearHit(start);
    }

    /// <summary>Records that a look-up was no near hit.</summary>
    public void NotNear() => Counters.Near.CountOther();

    /// <summary>Records a look-up that Redis or the source answered.</summary>
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

    /// <summary>Records the end of an operation on a Redis node, by the conventions for database clients.</summary>
    /// <param name="activity">The span of the operation.</param>
    /// <param name="operation">The name of the operation.</param>
    /// <param name="node">The node.</param>
    /// <param name="started">The start timestamp.</param>
    /// <param name="failure">The exception; <see langword="null"/> when the operation succeeded.</param>
    public void Operation(Activity? activity, string operation, RedisNode node, long started, Exception? failure)
    {
        // The message of the exception is left out, because it may contain the key.
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

    /// <summary>Starts the span of a look-up that the near cache did not answer.</summary>
    public static Activity? StartLookup() => Source.StartActivity("cache look-up");

    /// <summary>Adds the result of the look-up to its span.</summary>
    public static void EndLookup(Activity? activity, CacheLevel level, bool isStale)
    {
        activity?.SetTag("cache.level", NameOf(level));
        activity?.SetTag("cache.request.type", TypeOf(level));
        activity?.SetTag("cache.stale", isStale);
    }

    /// <summary>Starts the span of an operation on a Redis node, by the conventions for database clients.</summary>
    public static Activity? StartOperation(string operation, RedisNode node)
    {
        var activity = Source.StartActivity(operation, ActivityKind.Client);
        activity?.SetTag("db.system.name", "redis");
        activity?.SetTag("db.operation.name", operation);
        activity?.SetTag("server.address", node.Endpoint.Host);
        activity?.SetTag("server.port", node.Endpoint.Port);
        // The name of the node is easier to read than an address, and trace viewers may know the address by another name.
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

    /// <summary>Publishes the size and the counters of the near cache.</summary>
    public void Observe(NearCache near)
    {
        _meter.CreateObservableGauge("redisaspire.cache.near.entries", () => Of(near.Count), "{entry}", "Entries in the near cache.");
        _meter.CreateObservableGauge("redisaspire.cache.near.size", () => Of(near.Bytes), "By", "Size of the near cache.");
        _meter.CreateObservableCounter("redisaspire.cache.invalidations", () => Of(near.Statistics.Invalidations), "{invalidation}", "Invalidations that removed an entry from the near cache.");
        _meter.CreateObservableCounter("redisaspire.cache.flushes", () => Of(near.Statistics.Flushes), "{flush}", "Flushes of the near cache.");
        _meter.CreateObservableCounter("redisaspire.cache.evictions", () => Of(near.Statistics.CapacityEvictions), "{entry}", "Entries evicted from the near cache to make room for others.");
    }

    /// <summary>Publishes the replication lag of the replicas.</summary>
    public void Observe(RedisTopology topology) =>
        _meter.CreateObservableGauge(
            "redisaspire.redis.replication.lag",
            () => topology.Snapshot.Nodes.Where(node => node.LagBytes is not null)
                .Select(node => new Measurement<long>(node.LagBytes!.Value, new KeyValuePair<string, object?>("redis.node", node.Name))),
            "By",
            "Replication lag of the replicas behind their master.");

    public void Dispose() => _meter.Dispose();

    private void TimeNearHit(LookupStart start)
    {
        Counters.TimeNearHit(NanosecondsSince(start.Timestamp), start.Weight);
        Publish(CacheLevel.Near, isStale: false, start.Timestamp);
    }

    private Measurement<long> RequestsOf(CacheLevel level, long count) =>
        new(count, _cacheName, new("cache.request.type", TypeOf(level)), new("cache.level", NameOf(level)));

    private void Publish(CacheLevel level, bool isStale, long started)
    {
        var byResult = level == CacheLevel.Source ? _missDuration : _hitDuration;
        if (!_requestDuration.Enabled && !byResult.Enabled)
            return;

        var seconds = _time.GetElapsedTime(started).TotalSeconds;
        ReadOnlySpan<KeyValuePair<string, object?>> outcome = _outcomes[((int)level * 2) + (isStale ? 1 : 0)];
        _requestDuration.Record(seconds, outcome);
        byResult.Record(seconds, outcome);
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
