using System.Diagnostics;

namespace RedisAspire.Tests.Caching.Near;

/// <summary>
/// A few keys that threads write and read through a near cache. A writer raises the version of a key, has the cache
/// informed of it, and only then raises the floor: from then on no look-up that begins may return an older version.
/// </summary>
internal sealed class CoherenceModel(INearCacheUnderTest cache, Action<INearCacheUnderTest, string> invalidate)
{
    private const int Keys = 4;
    private const int Writers = 2;
    private const int Readers = 4;

    private readonly string[] _names = [.. Enumerable.Range(0, Keys).Select(i => $"key{i}")];
    private readonly long[] _versions = new long[Keys];
    private readonly long[] _floors = new long[Keys];
    private long _hits;
    private long _writes;
    private string? _violation;

    public long Hits => _hits;

    public long Writes => _writes;

    /// <summary>Runs until a look-up returns a version below its floor, or the time is over.</summary>
    /// <returns>What was seen that must not be; <see langword="null"/> when nothing was.</returns>
    public async Task<string?> RunAsync(TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        bool IsOver() => Volatile.Read(ref _violation) is not null || Stopwatch.GetElapsedTime(started) > time;

        await Concurrently.RunAsync(Writers + Readers, thread =>
        {
            var random = new Random(thread);
            while (!IsOver())
            {
                if (thread < Writers)
                    Write(random);
                else
                    Read(random);
            }
        });
        return _violation;
    }

    private void Write(Random random)
    {
        var key = random.Next(Keys);
        var version = Interlocked.Increment(ref _versions[key]);
        invalidate(cache, _names[key]);
        RaiseFloor(ref _floors[key], version);
        Interlocked.Increment(ref _writes);

        // Leaves the readers time for some hits.
        Thread.SpinWait(random.Next(2_000));
    }

    private void Read(Random random)
    {
        var key = random.Next(Keys);
        var floor = Interlocked.Read(ref _floors[key]);
        if (cache.TryGet(_names[key], out var version))
        {
            Interlocked.Increment(ref _hits);
            if (version < floor)
                Volatile.Write(ref _violation, $"{_names[key]} had version {version} after {floor} had been announced.");
            return;
        }

        cache.Fill(_names[key], () =>
        {
            var read = Interlocked.Read(ref _versions[key]);
            if (random.Next(8) == 0)
                Thread.Yield();
            else
                Thread.SpinWait(random.Next(500));
            return read;
        });
    }

    private static void RaiseFloor(ref long floor, long version)
    {
        var seen = Interlocked.Read(ref floor);
        while (seen < version)
        {
            var before = Interlocked.CompareExchange(ref floor, version, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
