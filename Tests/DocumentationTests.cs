using System.Text.RegularExpressions;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests;

/// <summary>What the documentation names is there.</summary>
public sealed partial class DocumentationTests
{
    private static string Document => File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));

    [Fact]
    public void Every_file_that_the_architecture_names_exists()
    {
        var paths = PathPattern().Matches(Document).Select(match => match.Groups["path"].Value).Distinct(StringComparer.Ordinal).ToArray();

        Assert.True(paths.Length > 15);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), $"{path} is not there."));
    }

    [Fact]
    public void Every_type_that_the_architecture_names_exists()
    {
        var sources = Directory.GetFiles(Path.Combine(Repository.Root, "Caching"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToArray();
        var types = TypePattern().Matches(Document).Select(match => match.Groups["type"].Value).Distinct(StringComparer.Ordinal).ToArray();

        Assert.Contains("FillTicket", types);
        Assert.All(types, type => Assert.Contains(sources, source => Regex.IsMatch(source, $@"(class|struct|record) {type}\b", RegexOptions.None, TimeSpan.FromSeconds(1))));
    }

    // `Caching/Store/RedisStore.cs`, `ApiService/Nodes`
    [GeneratedRegex("`(?<path>[A-Z][A-Za-z]+/[A-Za-z/.]+)`", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PathPattern();

    // `FillTicket` in `Caching/Near/NearGeneration.cs`
    [GeneratedRegex("`(?<type>[A-Z][A-Za-z]+)` in `", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypePattern();
}
