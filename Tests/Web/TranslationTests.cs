using System.Text.RegularExpressions;
using System.Xml.Linq;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>Every sentence of the pages has its French.</summary>
public sealed partial class TranslationTests
{
    private static readonly string Web = Path.Combine(Repository.Root, "Web");

    public static TheoryData<string> Sources => [.. Directory.EnumerateFiles(Web, "*.*", SearchOption.AllDirectories)
        .Where(file => file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal))
        .Where(file => Localizer().IsMatch(File.ReadAllText(file)))
        .Select(file => Path.GetRelativePath(Web, file))];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Every_sentence_is_translated(string source)
    {
        var text = File.ReadAllText(Path.Combine(Web, source));
        var resources = Directory.EnumerateFiles(Web, $"{Localizer().Match(text).Groups["texts"].Value}.fr.resx", SearchOption.AllDirectories).Single();
        var translated = XDocument.Load(resources).Root!.Elements("data").ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value, StringComparer.Ordinal);

        var sentences = Sentence().Matches(text).Select(match => Regex.Unescape(match.Groups["sentence"].Value)).ToArray();

        Assert.Empty(sentences.Except(translated.Keys, StringComparer.Ordinal));
        Assert.All(sentences, sentence => Assert.Equal(PlaceholdersIn(sentence), PlaceholdersIn(translated[sentence])));
    }

    private static IEnumerable<string> PlaceholdersIn(string sentence) =>
        Placeholder().Matches(sentence).Select(match => match.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"IStringLocalizer<(?<texts>\w+)>", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Localizer();

    [GeneratedRegex(@"\bText\[""(?<sentence>(?:[^""\\]|\\.)+)""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\{\d+(?::[^}]*)?\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
