using RedisAspire.Caching.Tracking;

namespace RedisAspire.Tests.Caching.Tracking;

public sealed class ReconnectDelayTests
{
    [Fact]
    public void Pauses_double_up_to_the_longest_and_begin_again_after_a_success()
    {
        var delay = new ReconnectDelay(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));

        foreach (var expected in new[] { 50, 100, 200, 400, 800, 1600, 2000, 2000, 2000 })
            Assert.InRange(delay.Next().TotalMilliseconds, 0.75 * expected, expected);
        delay.Reset();
        Assert.InRange(delay.Next().TotalMilliseconds, 37.5, 50);
    }
}
