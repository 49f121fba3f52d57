using System.Text;
using RedisAspire.Caching.Near;
using RedisAspire.Tests.Support;
using static RedisAspire.Tests.Caching.Near.NearCacheExtensions;

namespace RedisAspire.Tests.Caching.Near;

public sealed class NearCacheFillTests
{
    private readonly NearCache _cache = NewOpenCache();

    [Fact]
    public void A_completed_fill_is_found()
    {
        var item = new NearItem("value", 10) { Node = "redis-replica-1", StoredAt = 42 };

        Assert.True(_cache.TryComplete(_cache.BeginFill("key"), item));

        Assert.True(_cache.TryGet("key", out var found));
        Assert.Same(item, found);
        Assert.False(_cache.Holds("other"));
    }

    [Fact]
    public void An_invalidation_removes_the_item()
    {
        _cache.Fill("key");
        _cache.Fill("other");

        _cache.Invalidate("key");

        Assert.False(_cache.Holds("key"));
        Assert.True(_cache.Holds("other"));
        Assert.Equal((1, 1L), (_cache.Count, _cache.Bytes));
    }

    [Fact]
    public void An_invalidation_voids_every_fill_in_flight_of_its_key_and_no_other()
    {
        var first = _cache.BeginFill("key");
        var second = _cache.BeginFill("key");
        var other = _cache.BeginFill("other");

        _cache.Invalidate("key");
        var later = _cache.BeginFill("key");

        Assert.False(_cache.TryComplete(first, new NearItem("old", 1)));
        Assert.True(_cache.TryComplete(later, new NearItem("new", 1)));
        Assert.False(_cache.TryComplete(second, new NearItem("old", 1)));
        Assert.True(_cache.TryComplete(other, new NearItem("other", 1)));
        Assert.True(_cache.TryGet("key", out var found));
        Assert.Equal("new", found.Value);
    }

    [Fact]
    public void Several_fills_of_one_key_may_be_in_flight_and_the_last_one_stays()
    {
        var first = _cache.BeginFill("key");
        var second = _cache.BeginFill("key");

        Assert.True(_cache.TryComplete(second, new NearItem("second", 3)));
        Assert.True(_cache.TryComplete(first, new NearItem("first", 5)));

        Assert.True(_cache.TryGet("key", out var found));
        Assert.Equal("first", found.Value);
        Assert.Equal((1, 5L), (_cache.Count, _cache.Bytes));
    }

    [Fact]
    public void A_ticket_is_good_for_one_completion()
    {
        var ticket = _cache.BeginFill("key");
        _cache.TryComplete(ticket, new NearItem("once", 1));

        Assert.False(_cache.TryComplete(ticket, new NearItem("twice", 1)));
    }

    [Fact]
    public void An_abandoned_fill_is_void_and_leaves_the_others_alone()
    {
        var abandoned = _cache.BeginFill("key");
        var other = _cache.BeginFill("key");

        _cache.Abandon(abandoned);
        _cache.Abandon(abandoned);

        Assert.False(_cache.TryComplete(abandoned, new NearItem("abandoned", 1)));
        Assert.True(_cache.TryComplete(other, new NearItem("other", 1)));
    }

    [Theory]
    [InlineData("key")]
    [InlineData("Schlüssel:日本:😀")]
    [InlineData("")]
    public void An_invalidation_by_the_bytes_of_a_key_finds_it(string key)
    {
        _cache.Fill(key);
        var ticket = _cache.BeginFill(key);

        _cache.Invalidate(Encoding.UTF8.GetBytes(key));

        Assert.False(_cache.Holds(key));
        Assert.False(_cache.TryComplete(ticket, new NearItem("old", 1)));
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(100_000)]
    public void An_invalidation_by_bytes_finds_a_key_of_any_length(int length)
    {
        var key = new string('k', length);
        _cache.Fill(key);

        _cache.Invalidate(Encoding.UTF8.GetBytes(key));

        Assert.False(_cache.Holds(key));
    }

    [Fact]
    public void Bytes_that_are_no_text_invalidate_nothing()
    {
        _cache.Fill("key");

        _cache.Invalidate([0xFF, 0xC0, 0x80]);

        Assert.True(_cache.Holds("key"));
    }

    [Fact]
    public void A_key_that_Redis_would_name_differently_is_not_kept()
    {
        Assert.False(_cache.Fill("lone\uD800"));
        Assert.False(_cache.Fill("\uDC00\uD800"));
        Assert.True(_cache.Fill("pair\uD83D\uDE00"));
    }

    [Fact]
    public void The_size_of_an_item_counts_key_value_and_overhead()
    {
        Assert.Equal(NearItem.Overhead + 6 + 100, NearItem.SizeOf("key", 100));
        Assert.Equal(int.MaxValue, NearItem.SizeOf("key", int.MaxValue));
    }

    [Fact]
    public void Invalidations_are_counted_when_they_had_an_effect()
    {
        _cache.Fill("held");
        _cache.BeginFill("filling");

        _cache.Invalidate("held");
        _cache.Invalidate("filling");
        _cache.Invalidate("unknown");

        Assert.Equal(2, _cache.Statistics.Invalidations);
    }

    [Fact]
    public void A_hit_allocates_nothing()
    {
        _cache.Fill("key", timeToLive: TimeSpan.FromHours(1));
        var hits = CountHits(1000);

        Assert.Equal(0, Allocations.Of(() => hits = CountHits(100_000)));
        Assert.Equal(100_000, hits);
    }

    [Fact]
    public void An_invalidation_of_an_unknown_key_allocates_nothing()
    {
        var key = "unknown"u8;
        _cache.Fill("key");
        for (var i = 0; i < 1000; i++)
            _cache.Invalidate(key);

        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var i = 0; i < 100_000; i++)
                _cache.Invalidate("unknown"u8);
        }));
    }

    private int CountHits(int attempts)
    {
        var hits = 0;
        for (var i = 0; i < attempts; i++)
        {
            if (_cache.TryGet("key", out _))
                hits++;
        }

        return hits;
    }
}
