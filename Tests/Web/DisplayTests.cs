using System.Globalization;
using RedisAspire.Web.Components;

namespace RedisAspire.Tests.Web;

public sealed class DisplayTests
{
    [Theory]
    [InlineData("en", "2.003 s", "1.41 MB", "1,001", "1 d 2 h", "66.7 %", "€1,249.00")]
    [InlineData("fr", "2,003 s", "1,41 Mo", "1\u202f001", "1 j 2 h", "66,7 %", "1\u202f249,00\u00a0€")]
    public void Numbers_are_written_as_the_language_of_the_page_does(string language, string duration, string memory, string count, string uptime, string share, string price)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo(language);
        try
        {
            Assert.Equal(duration, Display.Duration(2003));
            Assert.Equal(memory, Display.Memory(1_478_492));
            Assert.Equal(count, Display.Count(1001));
            Assert.Equal(uptime, Display.Uptime(26 * 3600));
            Assert.Equal(share, Display.Percent(0.667));
            Assert.Equal(price, Display.Price(1249));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(0.001, "1 µs")]
    [InlineData(0.0084, "8.4 µs")]
    [InlineData(0.9994, "999 µs")]
    [InlineData(0.9996, "1 ms")]
    [InlineData(1.333, "1.33 ms")]
    [InlineData(999.4, "999 ms")]
    [InlineData(999.6, "1 s")]
    [InlineData(2003, "2 s")]
    public void A_latency_is_written_in_the_unit_that_suits_it(double milliseconds, string expected) =>
        Assert.Equal(expected, Display.Latency(milliseconds));

    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.0074, "0.007")]
    [InlineData(3.384, "3.38")]
    [InlineData(25.04, "25.0")]
    [InlineData(2003.4, "2,003")]
    public void In_a_column_with_a_unit_every_number_is_in_that_unit(double? milliseconds, string expected) =>
        Assert.Equal(expected, Display.InUnit(milliseconds));
}
