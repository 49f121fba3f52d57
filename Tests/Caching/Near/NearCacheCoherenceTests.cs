using System.Diagnostics;
using RedisAspire.Caching.Near;
using RedisAspire.Tests.Support;
using static RedisAspire.Tests.Caching.Near.NearCacheExtensions;

namespace RedisAspire.Tests.Caching.Near;

public sealed class NearCacheCoherenceTests
{
    private static readonly Dictionary<string, Action<INearCacheUnderTest, string>> Invalidations = new(StringComparer.Ordinal)
    {
        ["key"] = static (cache, key) => cache.Invalidate(key),
        ["everything"] = static (cache, _) => cache.InvalidateAll(),
        ["connection"] = static (cache, _) => cache.CloseAndOpen(),
    };

    [Theory]
    [InlineData("key")]
    [InlineData("everything")]
    [InlineData("connection")]
    public async Task After_an_invalidation_no_look_up_returns_what_was_read_before(string invalidation)
    {
        var model = new CoherenceModel(new NearCacheUnderTest(isTicketIgnored: false), Invalidations[invalidation]);

        var violation = await model.RunAsync(TimeSpan.FromSeconds(2));

        Assert.Null(violation);
        Assert.True(model.Hits > 1000 && model.Writes > 1000, $"Only {model.Hits} hits and {model.Writes} writes: nothing was tried.");
    }

    [Theory]
    [InlineData("key")]
    [InlineData("everything")]
    [InlineData("connection")]
    public async Task A_cache_that_ignores_its_tickets_is_caught(string invalidation)
    {
        var model = new CoherenceModel(new NearCacheUnderTest(isTicketIgnored: true), Invalidations[invalidation]);

        // Ends with the first violation, after milliseconds.
        Assert.NotNull(await model.RunAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Once_closed_nothing_is_found_whatever_is_stored_meanwhile()
    {
        var cache = NewOpenCache();
        var started = Stopwatch.GetTimestamp();
        var isOver = false;
        var found = 0;
        var filled = 0;

        await Concurrently.RunAsync(3, thread =>
        {
            while (!Volatile.Read(ref isOver))
            {
                if (thread > 0)
                {
                    if (cache.Fill("key"))
                        Interlocked.Increment(ref filled);
                    continue;
                }

                cache.TurnOn();
                SpinWait.SpinUntil(() => cache.Count > 0, TimeSpan.FromMilliseconds(1));
                cache.TurnOff();
                for (var i = 0; i < 100; i++)
                    found += cache.Holds("key") || cache.Count > 0 || cache.Bytes > 0 ? 1 : 0;
                Volatile.Write(ref isOver, Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(1));
            }
        });

        Assert.Equal(0, found);
        Assert.True(filled > 100, $"Only {filled} fills succeeded: nothing was tried.");
    }

    [Fact]
    public async Task After_a_million_operations_of_several_threads_entries_and_bytes_are_exact()
    {
        const int Keys = 2_000;
        var time = new ManualTimeProvider();
        var cache = NewOpenCache(maximumEntries: 1_000, maximumBytes: 40_000, time);
        var names = Enumerable.Range(0, Keys).Select(i => $"key{i}").ToArray();

        await Concurrently.RunAsync(4, thread =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 250_000; i++)
                Operate(cache, time, names[random.Next(Keys)], random);
        });

        var held = names.Where(cache.Holds).ToArray();
        Assert.Equal(held.Length, cache.Count);
        Assert.Equal(held.Sum(key => cache.TryGet(key, out var item) ? item.Size : 0), cache.Bytes);
        Assert.InRange(cache.Count, 1, 1_000);
        var statistics = cache.Statistics;
        Assert.True(statistics is { CapacityEvictions: > 0, Expirations: > 0, Invalidations: > 0, Flushes: > 0 }, $"Something was not tried: {statistics}.");

        Assert.All(names, cache.Invalidate);
        Assert.Equal((0, 0L), (cache.Count, cache.Bytes));
    }

    [Fact]
    public async Task The_bounds_hold_at_every_moment()
    {
        const int Entries = 500;
        const long Bytes = 20_000;
        const int Storing = 3;
        var cache = NewOpenCache(Entries, Bytes);
        var remaining = Storing;
        var (mostEntries, mostBytes) = (0, 0L);

        await Concurrently.RunAsync(Storing + 1, thread =>
        {
            if (thread == Storing)
            {
                while (Volatile.Read(ref remaining) > 0)
                    (mostEntries, mostBytes) = (Math.Max(mostEntries, cache.Count), Math.Max(mostBytes, cache.Bytes));
                return;
            }

            var random = new Random(thread);
            for (var i = 0; i < 200_000; i++)
                cache.Fill($"key{random.Next(5_000)}", size: random.Next(1, 100));
            Interlocked.Decrement(ref remaining);
        });

        Assert.InRange(mostEntries, 1, Entries);
        Assert.InRange(mostBytes, 1, Bytes);
    }

    private static void Operate(NearCache cache, ManualTimeProvider time, string key, Random random)
    {
        switch (random.Next(20))
        {
            case 0:
                cache.Invalidate(key);
                break;
            case 1:
                cache.Abandon(cache.BeginFill(key));
                break;
            case 2:
                cache.Trim(10);
                break;
            case 3 when random.Next(5_000) == 0:
                cache.InvalidateAll();
                break;
            case 4:
                time.Advance(TimeSpan.FromMilliseconds(1));
                break;
            case 5:
                cache.Fill(key, size: random.Next(1, 100), timeToLive: TimeSpan.FromMilliseconds(random.Next(1, 50)));
                break;
            case < 12:
                cache.Fill(key, size: random.Next(1, 100));
                break;
            default:
                cache.Holds(key);
                break;
        }
    }
}
