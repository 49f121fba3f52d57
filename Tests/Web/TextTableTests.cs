using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>All texts of the pages in one table for those who read them over, and what holds for all of them.</summary>
public sealed class TextTableTests
{
    private const string Renew = "WRITE_TEXTS=1 dotnet run --project Tests -- -class RedisAspire.Tests.Web.TextTableTests";

    private static readonly string Table = Path.Combine(Repository.Root, "docs", "texts.md");

    private static IEnumerable<(string Resource, string English, string French)> Texts =>
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "Web", "Localization"), "*.fr.resx").Order(StringComparer.Ordinal)
        from text in XDocument.Load(file).Root!.Elements("data")
        select (Path.GetFileName(file), text.Attribute("name")!.Value, text.Element("value")!.Value);

    [Fact]
    public void The_table_has_every_text_in_both_languages()
    {
        var table = new StringBuilder()
            .AppendLine("# The texts of the pages")
            .AppendLine()
            .AppendLine("English is in the components, French in `Web/Localization`. A test writes this table from them:")
            .AppendLine()
            .AppendLine("```bash")
            .AppendLine(Renew)
            .AppendLine("```");
        foreach (var resource in Texts.GroupBy(text => text.Resource, StringComparer.Ordinal))
        {
            table.AppendLine().AppendLine($"## {resource.Key}").AppendLine().AppendLine("| English | French |").AppendLine("|---|---|");
            foreach (var (_, english, french) in resource)
                table.AppendLine($"| {Cell(english)} | {Cell(french)} |");
        }

        var text = table.Replace("\r\n", "\n").ToString();
        if (Environment.GetEnvironmentVariable("WRITE_TEXTS") is not null)
            File.WriteAllText(Table, text);

        Assert.True(File.Exists(Table) && File.ReadAllText(Table) == text, $"docs/texts.md is out of date. Renew it, and read what has changed: {Renew}");
    }

    [Fact]
    public void French_has_its_own_punctuation()
    {
        // A space, which must not break, stands before these signs; quotation marks and apostrophes are the curved ones.
        var wrong = Texts.Where(text => text.French.Contains('\'', StringComparison.Ordinal) || text.French.Contains('"', StringComparison.Ordinal)
            || text.French.Contains("...", StringComparison.Ordinal) || HasSignWithoutSpace(text.French));

        Assert.Empty(wrong.Select(text => text.French));
    }

    [Fact]
    public void The_catalogue_begins_with_products_that_have_their_French()
    {
        var translated = Texts.Where(text => text.Resource == "ProductTexts.fr.resx").Select(text => text.English).ToHashSet(StringComparer.Ordinal);
        using var seed = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "ApiService", "Db", "seed-products.json")));

        var texts = seed.RootElement.EnumerateArray().SelectMany(product => product.GetProperty("features").EnumerateArray()
            .Append(product.GetProperty("name")).Append(product.GetProperty("category"))).Select(text => text.GetString()!);

        Assert.Empty(texts.Except(translated, StringComparer.Ordinal));
    }

    private static bool HasSignWithoutSpace(string french)
    {
        for (var i = 1; i < french.Length; i++)
        {
            var isAtEndOfWord = i + 1 == french.Length || char.IsWhiteSpace(french[i + 1]);
            if ((french[i] is ';' or '!' || (french[i] is ':' or '?' && isAtEndOfWord)) && !char.IsWhiteSpace(french[i - 1]))
                return true;
        }

        return false;
    }

    private static string Cell(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
