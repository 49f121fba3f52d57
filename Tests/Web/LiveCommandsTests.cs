using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RedisAspire.Web.Api;
using RedisAspire.Web.Components;
using RedisAspire.Web.Components.Console;
using RedisAspire.Web.Live;

namespace RedisAspire.Tests.Web;

/// <summary>What a node does, on the page.</summary>
public sealed class LiveCommandsTests : IAsyncDisposable
{
    private const string Events =
        """
        event: commands
        data: {"entries":[{"at":"2026-03-14T09:26:52.5Z","kind":"change","text":"foo"},{"at":"2026-03-14T09:26:53Z","kind":"command","text":"GET foo","instance":"web-01","microseconds":310.4}],"skipped":7,"isFollowing":false}

        event: rates
        data: {"at":"2026-03-14T09:26:53Z","perSecond":19,"commands":[{"command":"get","perSecond":12,"microsecondsPerCall":3.25}]}


        """;

    private readonly ComponentContext _page = new();
    private readonly StubApi _api = new();

    public LiveCommandsTests()
    {
        var configuration = new ConfigurationBuilder().Build();
        var feed = new LiveFeed(_api, configuration, TimeProvider.System, NullLogger<LiveFeed>.Instance);
        _page.Services.AddSingleton(TimeProvider.System).AddSingleton(new ConsoleClient(new ApiConnection(_api, configuration))).AddSingleton(feed).AddSingleton<LiveState>().AddSingleton<BrowserTime>();
        _page.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public async ValueTask DisposeAsync()
    {
        await _page.DisposeAsync();
        _api.Dispose();
    }

    [Theory]
    [InlineData(null, "redis-master")]
    [InlineData("redis-replica-1", "redis-replica-1")]
    public void Commands_and_changes_are_listed_the_latest_first_beside_the_rates_of_all_commands(string? node, string watched)
    {
        _api.Instead[$"/api/nodes/{watched}/commands/live"] = Events;

        var view = _page.Render<LiveCommands>(parameters => parameters.Add(live => live.Node, node).Add(live => live.IsOn, value: true));

        view.WaitForAssertion(() => Assert.NotEmpty(view.FindAll("[data-testid=rates] tbody tr")));
        Assert.Equal(["command", "change"], view.FindAll(".live-line").Select(line => line.GetAttribute("data-testid")));
        Assert.Contains("GET foo", view.Find("[data-testid=command]").TextContent, StringComparison.Ordinal);
        Assert.Equal("web-01", view.Find("[data-testid=command]").GetAttribute("title"));
        Assert.Equal("get12.03.25", view.Find("[data-testid=rates] tbody tr").TextContent);
        Assert.Contains("7 more changes", view.Find("[data-testid=skipped]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_cannot_be_watched_is_said_to_be_so()
    {
        var view = _page.Render<LiveCommands>(parameters => parameters.Add(live => live.Node, "nobody").Add(live => live.IsOn, value: true));

        view.WaitForAssertion(() => Assert.Contains("The node is not watched at present.", view.Find("[data-testid=watch-state]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_asked_for_until_somebody_watches()
    {
        var asked = new List<bool>();
        var view = _page.Render<LiveCommands>(parameters => parameters.Add(live => live.IsOn, value: false).Add(live => live.IsOnChanged, asked.Add));

        view.Find("[data-testid=watch]").Click();

        Assert.Equal([true], asked);
        Assert.DoesNotContain(_api.Requests, path => path.Contains("commands", StringComparison.Ordinal));
    }
}
