using System.Net;
using System.Text.RegularExpressions;

namespace RedisAspire.Tests.Web;

/// <summary>Every page is drawn in the language of the browser, or in the one that was chosen.</summary>
public sealed partial class LanguageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", "Démo de cache Redis", "Redis Cache Demo", "Comment ça marche")]
    [InlineData("/topology", "Topologie", "Topology", "Un maître reçoit les écritures")]
    [InlineData("/workshop", "Atelier", "Workshop", "Prédisez ce qui va se passer")]
    [InlineData("/keys", "Clés", "Keys", "Aller au contenu")]
    [InlineData("/catalogue", "Catalogue", "Catalogue", "Aller au contenu")]
    [InlineData("/lab?show=counters", "Laboratoire", "Lab", "Compter ensemble")]
    [InlineData("/statistics", "Statistiques", "Statistics", "Ce que font les caches")]
    [InlineData("/how-it-works", "Comment ça marche", "How it works", "Quand une base relationnelle est le meilleur choix")]
    public async Task A_page_speaks_the_language_of_the_browser_until_another_is_chosen(string path, string french, string english, string sentence)
    {
        await using var web = new WebFactory();
        using var http = web.CreateClient();
        http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("fr,en;q=0.5");

        var page = await GetAsync(path);
        var chosen = await GetAsync($"/language/en?back={Uri.EscapeDataString(path)}");

        Assert.Equal(("fr", french), (LanguageOf(page), HeadingOf(page)));
        Assert.Contains(sentence, page, StringComparison.Ordinal);
        Assert.Equal(("en", english), (LanguageOf(chosen), HeadingOf(chosen)));
        Assert.DoesNotContain(sentence, chosen, StringComparison.Ordinal);

        async Task<string> GetAsync(string address) => WebUtility.HtmlDecode(await http.GetStringAsync(new Uri(address, UriKind.Relative), Cancellation));
    }

    private static string LanguageOf(string page) => Language().Match(page).Groups["language"].Value;

    private static string HeadingOf(string page) => Heading().Match(page).Groups["heading"].Value;

    [GeneratedRegex("<html lang=\"(?<language>[a-z]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Language();

    [GeneratedRegex("<h1[^>]*>(<[^>]*>)*(?<heading>[^<]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();
}
