using System.Net;
using System.Text.RegularExpressions;

namespace RedisAspire.Tests.Web;

/// <summary>A node that is down, as the pages show it.</summary>
public sealed partial class DeadNodeTests
{
    // As the API reports it: the last role and the last figures are still there.
    private const string Nodes =
        """
        [{"name":"redis-master","role":"master","address":"localhost:6379","status":"down","error":"Connection refused","keys":4711,"offset":4242,"seenAt":"2026-01-01T00:00:00Z","isReadNode":false},
         {"name":"redis-replica-1","role":"master","address":"localhost:6380","status":"up","keys":12,"offset":4300,"isReadNode":true}]
        """;

    [Theory]
    [InlineData("en", "last seen [0-9]+ d [0-9]+ h ago", "master")]
    [InlineData("fr", "vu il y a [0-9]+ j [0-9]+ h", "maître")]
    public async Task It_has_neither_role_nor_figures_but_says_when_it_was_last_seen(string language, string seen, string master)
    {
        await using var web = new WebFactory();
        web.Api.Instead["/api/nodes"] = Nodes;
        using var http = web.CreateClient();
        http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);

        var page = WebUtility.HtmlDecode(await http.GetStringAsync(new Uri("/topology", UriKind.Relative), TestContext.Current.CancellationToken));

        var (dead, living) = (Words(page, "node-redis-master"), Words(page, "node-redis-replica-1"));
        Assert.Matches(seen, dead);
        Assert.DoesNotContain(master, dead.Replace("redis-master", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotMatch("4[^0-9]?711|4[^0-9]?242", dead);
        Assert.Contains(master, living, StringComparison.Ordinal);
        Assert.Matches("4[^0-9]?300", living);
        Assert.Matches(seen, Words(page, "diagram-redis-master"));
    }

    // The text from a mark to the next one of a node.
    private static string Words(string page, string mark)
    {
        var start = page.IndexOf($"data-testid=\"{mark}\"", StringComparison.Ordinal);
        var rest = page[(page.IndexOf('>', start) + 1)..];
        var end = NextNode().Match(rest);
        return Tag().Replace(end.Success ? rest[..end.Index] : rest, " ");
    }

    [GeneratedRegex("data-testid=\"(node|diagram|link)-|</section>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NextNode();

    [GeneratedRegex("<[^>]*>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tag();
}
