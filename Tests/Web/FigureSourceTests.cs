using System.Text.RegularExpressions;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>Where a figure of the page is said to come from.</summary>
public sealed partial class FigureSourceTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Fact]
    public void Every_instrument_that_the_page_names_exists()
    {
        var measured = InstrumentsIn("Caching");
        var named = InstrumentsIn(Path.Combine("Web", "Components", "Statistics"));

        Assert.True(named.Length > 6);
        Assert.Empty(named.Except(measured, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Statistics", 20)]
    [InlineData("Nodes", 9)]
    public async Task Every_field_of_info_that_the_page_names_exists(string folder, int expected)
    {
        var named = Directory.EnumerateFiles(Path.Combine(Repository.Root, "Web", "Components", folder), "*.razor")
            .SelectMany(file => Fields().Matches(File.ReadAllText(file)))
            .SelectMany(match => match.Groups["fields"].Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(field => (Section: match.Groups["section"].Value, Field: field)))
            .Distinct()
            .ToArray();
        await fixture.Redis.Master.ExecuteAsync("SET", "key", "value", "EX", 60);
        var master = await InfoAsync(fixture.Redis.Master);
        var replica = await InfoAsync(fixture.Redis.Replicas.First());

        Assert.InRange(named.Length, expected, 100);
        Assert.DoesNotContain(named, name => !Has(master, name.Section, name.Field) && !Has(replica, name.Section, name.Field));

        async Task<Dictionary<string, string>> InfoAsync(RedisServer node)
        {
            var sections = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (section, _) in named)
                sections[section] = (string)(await node.ExecuteAsync("INFO", section))!;
            return sections;
        }
    }

    // A field stands at the beginning of a line, or within the value of another.
    private static bool Has(Dictionary<string, string> info, string section, string field) =>
        info[section].Contains($"\n{field}:", StringComparison.Ordinal) || Regex.IsMatch(info[section], $"[:,]{field}=", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static string[] InstrumentsIn(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor")
            .SelectMany(file => Instrument().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal)];

    [GeneratedRegex("\"(?<name>redisaspire[.][a-z.]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Instrument();

    [GeneratedRegex("\"INFO (?<section>[a-z]+): (?<fields>[a-z0-9_, ]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fields();
}
