using System.Text.RegularExpressions;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>Where a figure of the page is said to come from.</summary>
public sealed partial class FigureSourceTests
{
    [Fact]
    public void Every_instrument_that_the_page_names_exists()
    {
        var measured = InstrumentsIn("Caching");
        var named = InstrumentsIn(Path.Combine("Web", "Components", "Statistics"));

        Assert.True(named.Length > 6);
        Assert.Empty(named.Except(measured, StringComparer.Ordinal));
    }

    private static string[] InstrumentsIn(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor")
            .SelectMany(file => Instrument().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal)];

    [GeneratedRegex("\"(?<name>redisaspire[.][a-z.]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Instrument();
}
