using RedisAspire.Web.Components;

namespace RedisAspire.Tests.Web;

public sealed class BrowserTimeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Times_are_those_of_the_visitor()
    {
        var clock = new BrowserTime();

        clock.Use("Europe/Paris");

        Assert.Equal(("2026-07-01 14:00:00", "14:00:00"), (clock.Moment(Noon), clock.TimeOfDay(Noon)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Mars/Olympus")]
    [InlineData("../../etc/passwd")]
    public void Without_a_time_zone_that_exists_they_are_in_UTC_and_say_so(string? zone)
    {
        var clock = new BrowserTime();

        clock.Use(zone);

        Assert.Equal(("2026-07-01 12:00:00 UTC", false), (clock.Moment(Noon), clock.IsKnown));
    }
}
