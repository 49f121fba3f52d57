using Microsoft.Extensions.Caching.Hybrid;
using RedisAspire.ApiService.Data;
using RedisAspire.Caching;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.ApiService.Bench;

/// <summary>The requests of one run, and their latencies so far. It lasts for some duration, or until as many requests are made as are asked for.</summary>
internal sealed class BenchLoad(BenchRequest request, ReplicatedCache cache, DataService data, TimeProvider time, TimeSpan? duration = null)
{
    private const string Value = "a value of the bench";
    private const int Batch = 500;
    private const int WarmUpRequests = 1000;

    // Hits in the process complete synchronously: without a pause now and then a caller would never release its thread.
    private const int RequestsInARow = 256;

    private readonly string[] _keys = [.. Enumerable.Range(0, request.Keys).Select(_ => $"app:bench:key:{Guid.NewGuid():N}")];
    private readonly KeyDistribution _distribution = new(request.Keys, request.Distribution == BenchRequest.Zipf);
    private readonly BenchTally[] _tallies = [.. Enumerable.Range(0, request.Concurrency).Select(_ => new BenchTally())];
    private readonly CacheEntryOptions _options = new()
    {
        // The keys outlive any run, and expire if the run cannot remove them.
        Expiration = TimeSpan.FromMinutes(5),
        Flags = request.Level == BenchRequest.Redis
            ? HybridCacheEntryFlags.DisableLocalCacheRead | HybridCacheEntryFlags.DisableLocalCacheWrite
            : HybridCacheEntryFlags.None,
    };

    private long _until;
    private volatile string _phase = "filling";
    private long _started;
    private long _ended;
    private int _taken;

    public string Level => request.Level;

    private bool IsCached => request.Level != BenchRequest.Source;

    public async Task RunAsync(CancellationToken stopping)
    {
        if (IsCached)
        {
            await Task.WhenAll(_tallies.Select(_ => Task.Run(() => FillAsync(stopping), stopping)));
            // What comes first pays for the compiler, the connections and the near cache.
            _phase = "warming up";
            await MakeRequestsAsync([.. _tallies.Select(_ => new BenchTally())], Math.Min(WarmUpRequests, request.Requests), duration / 4, stopping);
        }

        _phase = "measuring";
        Volatile.Write(ref _started, time.GetTimestamp());
        try
        {
            await MakeRequestsAsync(_tallies, request.Requests, duration, stopping);
        }
        finally
        {
            Volatile.Write(ref _ended, time.GetTimestamp());
        }
    }

    public BenchProgress Report()
    {
        var started = Volatile.Read(ref _started);
        var ended = Volatile.Read(ref _ended);
        var elapsed = started == 0 ? TimeSpan.Zero : time.GetElapsedTime(started, ended == 0 ? time.GetTimestamp() : ended);
        var levels = BenchTally.Summarize(_tallies, elapsed);
        var requests = levels.Sum(level => level.Requests);
        return new BenchProgress(
            _phase, requests, Math.Min(1, duration is { } length ? elapsed / length : (double)requests / request.Requests), Math.Round(elapsed.TotalMilliseconds, 3),
            elapsed > TimeSpan.Zero ? Math.Round(requests / elapsed.TotalSeconds, 1) : 0, levels);
    }

    public async Task RemoveAsync()
    {
        if (!IsCached)
            return;
        foreach (var batch in _keys.Chunk(Batch))
            await cache.RemoveAsync(batch, CancellationToken.None);
    }

    private async Task FillAsync(CancellationToken stopping)
    {
        while (Interlocked.Increment(ref _taken) is var taken && taken <= _keys.Length)
            await WriteAsync(_keys[taken - 1], stopping);
    }

    // The last requests are waited for, however long they take: the rate is that of requests that have been answered.
    private Task MakeRequestsAsync(BenchTally[] tallies, int requests, TimeSpan? length, CancellationToken stopping)
    {
        _taken = 0;
        _until = time.GetTimestamp() + (long)((length ?? TimeSpan.Zero).TotalSeconds * time.TimestampFrequency);
        return Task.WhenAll(tallies.Select(tally => Task.Run(() => MeasureAsync(tally, length is null ? requests : null, stopping), stopping)));
    }

    private async Task MeasureAsync(BenchTally tally, int? requests, CancellationToken stopping)
    {
        var random = new Random();
        for (var i = 1; requests is { } maximum ? Interlocked.Increment(ref _taken) <= maximum : time.GetTimestamp() < _until; i++)
        {
            stopping.ThrowIfCancellationRequested();
            var key = _keys[_distribution.Next(random)];
            var isRead = random.Next(100) < request.ReadPercent;
            var started = time.GetTimestamp();
            if (isRead)
                tally.Reads(await ReadAsync(key, stopping)).Record(NanosecondsSince(started));
            else
            {
                await WriteAsync(key, stopping);
                tally.Writes.Record(NanosecondsSince(started));
            }

            if (i % RequestsInARow == 0)
                await Task.Yield();
        }
    }

    private async ValueTask<CacheLevel> ReadAsync(string key, CancellationToken stopping)
    {
        if (IsCached)
            return (await cache.LookupAsync(key, Value, static (value, _) => ValueTask.FromResult(value), _options, cancellationToken: stopping)).Level;

        await data.ReadUncachedAsync(key, stopping);
        return CacheLevel.Source;
    }

    private async ValueTask WriteAsync(string key, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        await cache.SetAsync(key, Value, _options, cancellationToken: stopping);
    }

    private long NanosecondsSince(long started) => (long)((time.GetTimestamp() - started) * (1e9 / time.TimestampFrequency));
}

/// <summary>The latencies that one caller of a run has measured.</summary>
internal sealed class BenchTally
{
    private readonly LatencyHistogram[] _latencies = [new(), new(), new(), new()];

    public LatencyHistogram Reads(CacheLevel level) => _latencies[(int)level];

    public LatencyHistogram Writes => _latencies[^1];

    /// <summary>The latencies of all callers by level, without levels that answered nothing.</summary>
    public static IReadOnlyList<LatencySummary> Summarize(IReadOnlyCollection<BenchTally> tallies, TimeSpan elapsed) =>
    [
        .. new (string Level, Func<BenchTally, LatencyHistogram> Latencies)[]
            {
                (BenchRequest.Near, tally => tally.Reads(CacheLevel.Near)),
                (BenchRequest.Redis, tally => tally.Reads(CacheLevel.Redis)),
                (BenchRequest.Source, tally => tally.Reads(CacheLevel.Source)),
                ("write", tally => tally.Writes),
            }
            .Select(level => (level.Level, Latencies: tallies.Select(tally => level.Latencies(tally).Read()).Aggregate((one, other) => one + other)))
            .Where(level => level.Latencies.Count > 0)
            .Select(level => Summarize(level.Level, level.Latencies, elapsed)),
    ];

    private static LatencySummary Summarize(string level, LatencyDistribution latencies, TimeSpan elapsed) => new(
        level,
        latencies.Count,
        elapsed > TimeSpan.Zero ? Math.Round(latencies.Count / elapsed.TotalSeconds, 1) : 0,
        Milliseconds(latencies.Percentile(0.5)),
        Milliseconds(latencies.Percentile(0.9)),
        Milliseconds(latencies.Percentile(0.99)),
        Milliseconds(latencies.Maximum));

    private static double Milliseconds(double? seconds) => Math.Round((seconds ?? 0) * 1000, 6);
}

/// <summary>Chooses keys by their number: all alike, or the n-th most popular one with a probability of 1/n.</summary>
internal sealed class KeyDistribution
{
    private readonly int _keys;
    private readonly double[]? _cumulative;

    public KeyDistribution(int keys, bool isZipf)
    {
        _keys = keys;
        if (!isZipf)
            return;

        _cumulative = new double[keys];
        var sum = 0.0;
        for (var i = 0; i < keys; i++)
            _cumulative[i] = sum += 1.0 / (i + 1);
    }

    public int Next(Random random)
    {
        if (_cumulative is null)
            return random.Next(_keys);

        var at = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
        return at < 0 ? ~at : at;
    }
}
