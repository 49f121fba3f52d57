using RedisAspire.Caching.Near;
using RedisAspire.Tests.Support;
using static RedisAspire.Tests.Caching.Near.NearCacheExtensions;

namespace RedisAspire.Tests.Caching.Near;

public sealed class NearCacheFlushTests
{
    private readonly NearCache _cache = NewOpenCache();

    [Fact]
    public void A_new_cache_is_closed_and_keeps_nothing()
    {
        var cache = new NearCache(new NearCacheOptions(), new ManualTimeProvider());

        Assert.False(cache.IsOn);
        Assert.False(cache.Fill("key"));
        Assert.False(cache.Holds("key"));
        cache.Invalidate("key");
        cache.Invalidate("key"u8);
        cache.InvalidateAll();
        cache.Trim();
        cache.TurnOff();
        Assert.False(cache.IsOn);
        Assert.Equal(default, cache.Statistics);
    }

    [Fact]
    public void Closing_lets_everything_go_and_keeps_nothing_until_it_is_opened()
    {
        _cache.Fill("key");

        _cache.TurnOff();

        Assert.False(_cache.IsOn);
        Assert.False(_cache.Holds("key"));
        Assert.False(_cache.Fill("key"));
        Assert.Equal((0, 0L), (_cache.Count, _cache.Bytes));

        _cache.TurnOn();

        Assert.True(_cache.IsOn);
        Assert.False(_cache.Holds("key"));
        Assert.True(_cache.Fill("key"));
    }

    [Fact]
    public void A_fill_begun_before_or_while_closed_is_void_even_when_it_is_open_again()
    {
        var before = _cache.BeginFill("key");
        _cache.TurnOff();
        var during = _cache.BeginFill("key");
        _cache.TurnOn();

        Assert.False(_cache.TryComplete(before, new NearItem("old", 1)));
        Assert.False(_cache.TryComplete(during, new NearItem("old", 1)));
        Assert.False(_cache.Holds("key"));
        Assert.True(_cache.Fill("key"));
    }

    [Fact]
    public void Opening_an_open_cache_changes_nothing()
    {
        _cache.Fill("key");
        var ticket = _cache.BeginFill("other");

        _cache.TurnOn();

        Assert.True(_cache.Holds("key"));
        Assert.True(_cache.TryComplete(ticket, new NearItem("other", 1)));
    }

    [Fact]
    public void Invalidating_everything_empties_the_cache_voids_all_fills_and_leaves_it_open()
    {
        _cache.Fill("key");
        var ticket = _cache.BeginFill("other");

        _cache.InvalidateAll();

        Assert.True(_cache.IsOn);
        Assert.False(_cache.Holds("key"));
        Assert.False(_cache.TryComplete(ticket, new NearItem("old", 1)));
        Assert.Equal((0, 0L), (_cache.Count, _cache.Bytes));
        Assert.True(_cache.Fill("key"));
    }

    [Fact]
    public void A_ticket_from_before_a_flush_can_be_abandoned()
    {
        var before = _cache.BeginFill("key");
        _cache.InvalidateAll();
        var after = _cache.BeginFill("key");

        _cache.Abandon(before);

        Assert.True(_cache.TryComplete(after, new NearItem("new", 1)));
    }

    [Fact]
    public void Flushes_are_counted_when_there_was_something_to_flush()
    {
        _cache.InvalidateAll();
        _cache.TurnOff();
        _cache.TurnOff();
        _cache.InvalidateAll();

        Assert.Equal(2, _cache.Statistics.Flushes);
    }
}
