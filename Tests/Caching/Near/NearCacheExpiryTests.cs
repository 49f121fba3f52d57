using RedisAspire.Caching.Near;
using RedisAspire.Tests.Support;
using static RedisAspire.Tests.Caching.Near.NearCacheExtensions;

namespace RedisAspire.Tests.Caching.Near;

public sealed class NearCacheExpiryTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly ManualTimeProvider _time = new();
    private readonly NearCache _cache;

    public NearCacheExpiryTests() => _cache = NewOpenCache(maximumEntries: 10, time: _time);

    [Fact]
    public void An_item_is_served_until_its_deadline_and_not_at_it()
    {
        _cache.Fill("key", timeToLive: TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(5) - Tick);
        Assert.True(_cache.Holds("key"));

        _time.Advance(Tick);
        Assert.False(_cache.Holds("key"));
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.4)]
    [InlineData(0.0001)]
    public void Fractions_of_a_millisecond_are_rounded_so_that_no_item_outlives_its_time(double millisecondsPastTheTick)
    {
        _time.Advance(TimeSpan.FromMilliseconds(millisecondsPastTheTick));
        var lifetime = TimeSpan.FromMilliseconds(10.7);
        _cache.Fill("key", timeToLive: lifetime);

        _time.Advance(lifetime);

        Assert.False(_cache.Holds("key"));
    }

    [Fact]
    public void The_time_to_live_counts_from_the_beginning_of_the_fill()
    {
        var ticket = _cache.BeginFill("key");
        _time.Advance(TimeSpan.FromSeconds(4));
        _cache.TryComplete(ticket, new NearItem("value", 1, _cache.Clock.DeadlineOf(ticket.BeganAt, TimeSpan.FromSeconds(5))));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(_cache.Holds("key"));
    }

    [Fact]
    public void An_item_without_time_to_live_never_expires()
    {
        _cache.Fill("key");

        _time.Advance(TimeSpan.FromDays(10_000));

        Assert.True(_cache.Holds("key"));
    }

    [Fact]
    public void An_item_that_has_expired_on_the_way_is_not_stored()
    {
        Assert.False(_cache.Fill("key", timeToLive: TimeSpan.Zero));
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public void Looking_an_expired_item_up_reclaims_it()
    {
        _cache.Fill("key", timeToLive: TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));

        _cache.Holds("key");

        Assert.Equal((0, 0L, 1L), (_cache.Count, _cache.Bytes, _cache.Statistics.Expirations));
    }

    [Fact]
    public void An_expired_item_makes_room_for_others_however_much_it_was_in_demand()
    {
        for (var i = 0; i < 9; i++)
        {
            _cache.Fill($"live{i}");
            Assert.True(_cache.Holds($"live{i}"));
        }

        _cache.Fill("short", timeToLive: TimeSpan.FromSeconds(1));
        Assert.True(_cache.Holds("short"));
        _time.Advance(TimeSpan.FromSeconds(1));

        _cache.Fill("new");

        Assert.All(Enumerable.Range(0, 9), i => Assert.True(_cache.Holds($"live{i}")));
        Assert.True(_cache.Holds("new"));
        Assert.Equal((0L, 1L), (_cache.Statistics.CapacityEvictions, _cache.Statistics.Expirations));
    }

    [Fact]
    public void Trimming_reclaims_expired_items_a_few_at_a_time()
    {
        for (var i = 0; i < 10; i++)
            _cache.Fill($"key{i}", timeToLive: i % 2 == 0 ? TimeSpan.FromSeconds(1) : null);
        _time.Advance(TimeSpan.FromSeconds(1));

        _cache.Trim(4);
        Assert.Equal(8, _cache.Count);

        _cache.Trim(4);
        Assert.Equal(6, _cache.Count);

        _cache.Trim();
        Assert.Equal(5, _cache.Count);
        Assert.Equal(5, _cache.Statistics.Expirations);
    }

    [Fact]
    public void Trimming_goes_on_where_it_stopped_when_entries_come_and_go_meanwhile()
    {
        for (var i = 0; i < 6; i++)
            _cache.Fill($"key{i}", timeToLive: TimeSpan.FromSeconds(1));
        _cache.Trim(2);
        _cache.Invalidate("key2");
        _cache.Invalidate("key0");
        _time.Advance(TimeSpan.FromSeconds(1));
        _cache.Fill("new");

        _cache.Trim(3);
        Assert.Equal(2, _cache.Count);

        _cache.Trim(2);
        Assert.Equal(1, _cache.Count);
        Assert.True(_cache.Holds("new"));
    }

    [Fact]
    public void By_the_system_clock_a_deadline_leaves_a_margin_for_the_steps_of_the_tick_counter()
    {
        var clock = new NearClock(TimeProvider.System);

        Assert.InRange(clock.DeadlineOf(1000, TimeSpan.FromSeconds(1)), 1000, 2000 - 16);
        Assert.Equal(NearClock.Never, clock.DeadlineOf(1000, timeToLive: null));
    }
}
