using System.Runtime.CompilerServices;
using RedisAspire.Caching.Near;
using static RedisAspire.Tests.Caching.Near.NearCacheExtensions;

namespace RedisAspire.Tests.Caching.Near;

public sealed class NearCacheEvictionTests
{
    [Fact]
    public void No_more_than_the_maximum_of_entries_is_kept()
    {
        var cache = NewOpenCache(maximumEntries: 10);

        for (var i = 0; i < 100; i++)
        {
            Assert.True(cache.Fill($"key{i}"));
            Assert.InRange(cache.Count, 1, 10);
        }

        Assert.Equal((10, 10L, 90L), (cache.Count, cache.Bytes, cache.Statistics.CapacityEvictions));
    }

    [Fact]
    public void No_more_than_the_maximum_of_bytes_is_kept()
    {
        var cache = NewOpenCache(maximumBytes: 1600);

        for (var i = 0; i < 1000; i++)
        {
            Assert.True(cache.Fill($"key{i}", size: 1 + (i % 100)));
            Assert.InRange(cache.Bytes, 1, 1600);
        }

        Assert.InRange(cache.Bytes, 1500, 1600);
    }

    [Fact]
    public void An_item_too_large_for_the_cache_is_not_stored_and_displaces_nothing()
    {
        var cache = NewOpenCache(maximumBytes: 1600);
        cache.Fill("key");

        Assert.False(cache.Fill("large", size: 101));
        Assert.True(cache.Fill("just right", size: 100));

        Assert.True(cache.Holds("key"));
    }

    [Fact]
    public void A_replaced_item_counts_once()
    {
        var cache = NewOpenCache(maximumBytes: 1600);
        for (var size = 1; size <= 100; size++)
            cache.Fill("key", size: size);

        Assert.Equal((1, 100L, 0L), (cache.Count, cache.Bytes, cache.Statistics.CapacityEvictions));
    }

    [Fact]
    public void A_cache_of_one_entry_works()
    {
        var cache = NewOpenCache(maximumEntries: 1);
        cache.Fill("first");
        Assert.True(cache.Holds("first"));

        cache.Fill("second");

        Assert.False(cache.Holds("first"));
        Assert.True(cache.Holds("second"));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Bounds_must_be_positive(int entries, long bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NewOpenCache(entries, bytes));

    [Fact]
    public void Entries_that_nobody_asked_for_go_first_in_the_order_of_their_arrival()
    {
        var cache = NewOpenCache(maximumEntries: 4);
        foreach (var key in (string[])["a", "b", "c", "d"])
            cache.Fill(key);
        Assert.True(cache.Holds("a") && cache.Holds("c"));

        cache.Fill("e");
        cache.Fill("f");

        Assert.Equal("acef", string.Concat("abcdef".Where(key => cache.Holds(key.ToString()))));
    }

    [Fact]
    public void A_refreshed_entry_stays_as_much_in_demand_as_it_was()
    {
        var cache = NewOpenCache(maximumEntries: 2);
        cache.Fill("hot");
        cache.Holds("hot");
        cache.Fill("cold");
        cache.Fill("hot");

        cache.Fill("new");

        Assert.True(cache.Holds("hot"));
        Assert.False(cache.Holds("cold"));
    }

    [Fact]
    public void Invalidated_entries_and_ended_fills_leave_nothing_behind()
    {
        var cache = NewOpenCache(maximumEntries: 100);
        var keys = new List<WeakReference>();

        for (var i = 0; i < 10_000; i++)
        {
            keys.Add(ComeAndGo(cache, i));
            Assert.Equal((0, 0L), (cache.Count, cache.Bytes));
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(0, keys.Count(key => key.IsAlive));
        Assert.Equal(0, cache.Statistics.CapacityEvictions);
        GC.KeepAlive(cache);
    }

    [Fact]
    public void A_full_cache_of_entries_in_demand_still_makes_room()
    {
        var cache = NewOpenCache(maximumEntries: 5_000);
        var keys = Enumerable.Range(0, 5_000).Select(i => $"key{i}").ToArray();
        cache.HitRatio(keys);
        Assert.Equal(1, cache.HitRatio(keys));

        Assert.True(cache.Fill("new"));

        Assert.True(cache.Holds("new"));
        Assert.Equal(4_999, keys.Count(cache.Holds));
    }

    [Fact]
    public void A_hot_set_survives_a_scan_a_hundred_times_the_size_of_the_cache()
    {
        var cache = NewOpenCache(maximumEntries: 10_000);
        var hot = Enumerable.Range(0, 1_000).Select(i => $"hot{i}").ToArray();
        cache.HitRatio(hot);
        Assert.Equal(1, cache.HitRatio(hot));

        for (var i = 0; i < 1_000_000; i++)
            cache.Fill($"scan{i}");

        Assert.InRange(cache.HitRatio(hot), 0.95, 1);
    }

    [Fact]
    public void A_hot_set_in_use_survives_a_scan_with_invalidations_on_the_way()
    {
        var cache = NewOpenCache(maximumEntries: 10_000);
        var hot = Enumerable.Range(0, 1_000).Select(i => $"hot{i}").ToArray();
        cache.HitRatio(hot);

        var hits = 0;
        for (var i = 0; i < 1_000_000; i++)
        {
            cache.Fill($"scan{i}");
            if (i % 3 == 0)
                cache.Invalidate($"scan{i - 5000}");
            if (i % 10 == 0 && cache.Holds(hot[i / 10 % hot.Length]))
                hits++;
        }

        Assert.InRange(hits, 95_000, 100_000);
        Assert.InRange(cache.HitRatio(hot), 0.95, 1);
    }

    [Theory]
    [InlineData(0.8, 1_000)]
    [InlineData(0.8, 10_000)]
    [InlineData(1.0, 1_000)]
    [InlineData(1.0, 10_000)]
    [InlineData(1.2, 1_000)]
    public void By_popularity_it_hits_more_often_than_least_recently_used(double exponent, int capacity)
    {
        var keys = ZipfKeys.Draw(universe: 100_000, exponent, count: 500_000, seed: 7);

        var lru = new LruModel(capacity).HitRatio(keys);
        var sieve = NewOpenCache(capacity).HitRatio(keys);

        TestContext.Current.SendDiagnosticMessage("Zipf {0}, {1} entries: LRU {2:P1}, SIEVE {3:P1}", exponent, capacity, lru, sieve);
        Assert.True(sieve >= lru, $"SIEVE {sieve:P2} is below LRU {lru:P2}.");
    }

    // Not inlined, so that no local of the test keeps the key alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference ComeAndGo(NearCache cache, int number)
    {
        var key = $"key{number}";
        var voided = cache.BeginFill(key);
        cache.Invalidate(key);
        cache.TryComplete(voided, new NearItem(key, 1));
        cache.Abandon(cache.BeginFill(key));
        cache.Fill(key);
        cache.Holds(key);
        cache.Invalidate(key);
        return new WeakReference(key);
    }
}
