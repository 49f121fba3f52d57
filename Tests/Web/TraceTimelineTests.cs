using System.Globalization;
using AngleSharp.Html.Parser;
using Bunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Contracts;
using RedisAspire.Web.Api;
using RedisAspire.Web.Components.Tracing;

namespace RedisAspire.Tests.Web;

/// <summary>The timeline of what the cache did.</summary>
public sealed class TraceTimelineTests : IAsyncDisposable
{
    private readonly ComponentContext _page = new();
    private readonly Dictionary<string, string?> _settings = new(StringComparer.Ordinal);

    public TraceTimelineTests()
    {
        _page.Services.AddHttpClient().AddSingleton<IConfiguration>(_ => new ConfigurationBuilder().AddInMemoryCollection(_settings).Build()).AddSingleton<ApiConnection>();
    }

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Fact]
    public void Every_step_has_its_time_its_node_its_command_and_a_link_to_read_on()
    {
        var timeline = Render(
            new TraceStep("near", "miss", 0, null, null, null, null, null),
            new TraceStep("get", "missing", 42, 310.4, "redis-replica-1", null, "redis-cli -p 6380 GET foo", "https://redis.io/docs/latest/commands/get/"),
            new TraceStep("source", "done", 700, 2_001_000, null, null, null, null),
            new TraceStep("set", "done", 2_003_000, 500, "redis-master", 60, "redis-cli -p 6379 SET foo valeur PX 60000", "https://redis.io/docs/latest/commands/set/"),
            new TraceStep("invalidation", "done", 2_004_000, null, "redis-replica-1", null, null, "https://redis.io/docs/latest/commands/client-tracking/"));

        var steps = timeline.FindAll("[data-testid=trace-step]");
        Assert.Equal(["near", "get", "source", "set", "invalidation"], steps.Select(step => step.GetAttribute("data-step")));
        Assert.Contains("at 42 µs", steps[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("took 0.31 ms", steps[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("redis-replica-1", steps[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("redis-cli -p 6380 GET foo", steps[1].QuerySelector("pre")!.TextContent);
        Assert.Equal("https://redis.io/docs/latest/commands/get/", steps[1].QuerySelector("a")!.GetAttribute("href"));
        Assert.Contains("expires in 60 s", steps[3].TextContent, StringComparison.Ordinal);
        Assert.Contains("How CLIENT TRACKING works", steps[4].TextContent, StringComparison.Ordinal);
        Assert.Contains("at 2.003 s", steps[3].TextContent, StringComparison.Ordinal);
        Assert.Equal("2,003,000 µs", steps[3].QuerySelector(".at")!.GetAttribute("title"));
        Assert.Empty(steps[0].QuerySelectorAll("pre, a"));
    }

    [Fact]
    public void It_says_how_many_replicas_have_a_write_how_often_a_command_was_sent_and_what_a_sentinel_announced()
    {
        var timeline = Render(
            new TraceStep("replicas", "done", 0, 900, "redis-master", null, "redis-cli -p 6379 WAIT 1 500", "https://redis.io/docs/latest/commands/wait/") { Replicas = 3 },
            new TraceStep("seen", "done", 0, 2_000_000, "redis-sentinel-1", null, "redis-cli -p 26379 SENTINEL REPLICAS mymaster", "https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/") { Times = 21 },
            new TraceStep("announcement", "done", 2_100_000, null, "redis-sentinel-2", null, null, null) { Message = "+switch-master mymaster a 1 b 2" });

        var steps = timeline.FindAll("[data-testid=trace-step]");
        Assert.Contains("have the write: 3", steps[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("sent 21 times", steps[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("How SENTINEL works", steps[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("+switch-master", steps[2].QuerySelector("strong")!.TextContent);
        Assert.Equal("+switch-master mymaster a 1 b 2", steps[2].QuerySelector("code")!.TextContent);
    }

    [Theory]
    [InlineData("http://localhost:15000", "4bf92f3577b34da6a3ce929d0e0e4736", "http://localhost:15000/traces/detail/4bf92f3577b34da6a3ce929d0e0e4736")]
    [InlineData(null, "4bf92f3577b34da6a3ce929d0e0e4736", null)]
    [InlineData("http://localhost:15000", null, null)]
    public void The_trace_is_one_click_away_where_there_is_a_dashboard_and_the_trace_is_recorded(string? dashboard, string? traceId, string? link)
    {
        _settings["Dashboard:Address"] = dashboard;

        var timeline = Render(new ClearedResponse(0) { Trace = [new TraceStep("near", "hit", 0, 1.2, null, null, null, null)], TraceId = traceId });

        Assert.Equal(link, timeline.FindAll("[data-testid=trace-on-dashboard]").SingleOrDefault()?.GetAttribute("href"));
    }

    [Fact]
    public void It_speaks_French()
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("fr");

        var timeline = Render(new TraceStep("near", "hit", 0, 1.2, "redis-replica-1", 57, null, null));

        Assert.Contains("Ce qui vient de se passer", timeline.Markup, StringComparison.Ordinal);
        Assert.Contains("La valeur y était : rien d’autre n’a été interrogé.", timeline.Markup, StringComparison.Ordinal);
        Assert.Contains("en 1,2 µs", timeline.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("near", "off")]
    [InlineData("near", "bypassed")]
    [InlineData("flight", "done")]
    [InlineData("offset", "done")]
    [InlineData("get", "behind")]
    [InlineData("get", "failed")]
    [InlineData("timeToLive", "missing")]
    [InlineData("lease", "held")]
    [InlineData("lease", "failed")]
    [InlineData("wait", "held")]
    [InlineData("source", "failed")]
    [InlineData("set", "refused")]
    [InlineData("unlink", "failed")]
    [InlineData("connection", "done")]
    [InlineData("script", "created")]
    [InlineData("script", "replaced")]
    [InlineData("script", "deleted")]
    [InlineData("script", "refused")]
    [InlineData("replicas", "behind")]
    [InlineData("join", "done")]
    [InlineData("priority", "done")]
    [InlineData("prefer", "done")]
    [InlineData("failover", "done")]
    [InlineData("restore", "done")]
    [InlineData("handOver", "done")]
    [InlineData("handOver", "failed")]
    [InlineData("ask", "done")]
    [InlineData("abort", "done")]
    [InlineData("promote", "done")]
    [InlineData("follow", "done")]
    [InlineData("remember", "done")]
    [InlineData("remember", "failed")]
    [InlineData("announcement", "done")]
    [InlineData("role", "master")]
    [InlineData("role", "replica")]
    [InlineData("master", "done")]
    public void Every_outcome_has_a_sentence(string step, string outcome) =>
        Assert.EndsWith(".", Render(new TraceStep(step, outcome, 0, null, null, null, null, null)).Find("[data-testid=trace-step] p").TextContent, StringComparison.Ordinal);

    [Theory]
    [InlineData("/", "false")]
    [InlineData("/?trace=1", "true")]
    public async Task The_address_says_whether_the_page_shows_it(string path, string isShown)
    {
        await using var web = new WebFactory();
        using var http = web.CreateClient();

        var page = await new HtmlParser().ParseDocumentAsync(await http.GetStringAsync(new Uri(path, UriKind.Relative), Xunit.TestContext.Current.CancellationToken), Xunit.TestContext.Current.CancellationToken);

        Assert.Equal(isShown, page.QuerySelectorAll("[role=switch]").Single(input => input.GetAttribute("aria-describedby") == "trace-help").GetAttribute("aria-checked"));
    }

    private IRenderedComponent<TraceTimeline> Render(params TraceStep[] steps) => Render(new ClearedResponse(0) { Trace = steps });

    private IRenderedComponent<TraceTimeline> Render(TracedResponse answer) =>
        _page.Render<TraceTimeline>(parameters => parameters.Add(timeline => timeline.Caption, "foo").Add(timeline => timeline.Answer, answer));
}
