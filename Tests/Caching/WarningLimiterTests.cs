using RedisAspire.Caching;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

public sealed class WarningLimiterTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_warning_about_a_key_is_due_once_a_minute()
    {
        var limiter = new WarningLimiter(_time);

        Assert.True(limiter.IsDue("unreadable", "a"));
        Assert.False(limiter.IsDue("unreadable", "a"));
        Assert.True(limiter.IsDue("unreadable", "b"));
        Assert.True(limiter.IsDue("foreign", "a"));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(limiter.IsDue("unreadable", "a"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(limiter.IsDue("unreadable", "a"));
    }

    [Fact]
    public void Of_too_many_keys_nothing_is_said_until_a_minute_is_over()
    {
        var limiter = new WarningLimiter(_time);

        Assert.Equal(WarningLimiter.Maximum, Enumerable.Range(0, 5_000).Count(i => limiter.IsDue("unreadable", $"{i}")));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(WarningLimiter.Maximum, Enumerable.Range(0, 5_000).Count(i => limiter.IsDue("unreadable", $"{i}")));
    }
}
