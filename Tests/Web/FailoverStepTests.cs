using Bunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RedisAspire.Tests.Support;
using RedisAspire.Web.Api;
using RedisAspire.Web.Components.Failures;
using RedisAspire.Web.Components.Workshop;
using RedisAspire.Web.Live;
using RedisAspire.Web.Operators;

namespace RedisAspire.Tests.Web;

/// <summary>The step of the workshop that loses the master.</summary>
public sealed class FailoverStepTests : IAsyncDisposable
{
    private readonly ComponentContext _page = new();
    private readonly StubApi _api = new();

    public FailoverStepTests()
    {
        var configuration = new ConfigurationBuilder().Build();
        _page.Services.AddScoped<WorkshopProgress>().AddScoped<Learner>().AddScoped<ClassroomClient>().AddScoped<NodeClient>().AddScoped<CacheApiClient>()
            .AddScoped<FailureWords>().AddSingleton<IConfiguration>(configuration).AddSingleton<IHttpClientFactory>(_api).AddSingleton(TimeProvider.System).AddScoped<Lessons>().AddSingleton<LiveState>()
            .AddSingleton(new LiveFeed(_api, configuration, TimeProvider.System, NullLogger<LiveFeed>.Instance))
            .AddScoped(_ => new ApiConnection(_api, configuration) { IsOperator = true });
        _api.Instead["/api/faults"] = """{"redis-master":"running"}""";
        foreach (var path in (string[])["/api/nodes/redis-master/stop", "/api/nodes/redis-master/start"])
            _api.Instead[path] = "";
    }

    private static CancellationToken Cancellation => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _page.DisposeAsync();
        _api.Dispose();
    }

    [Fact]
    public async Task It_kills_the_master_names_the_new_one_and_is_done_when_the_old_one_follows()
    {
        var step = _page.Render<FailoverStep>();

        var run = step.Find("[data-testid=run-failover]").ClickAsync(new());
        await step.WaitForAssertionAsync(() => Assert.Equal(["redis-master, the master, is killed."], Findings(step)));

        await _api.PublishAsync(Nodes("""redis-master","role":"master","status":"down""", """redis-replica-1","role":"master","status":"up"""), Cancellation);
        await step.WaitForAssertionAsync(() => Assert.StartsWith("redis-replica-1 is the new master.", Findings(step)[^1], StringComparison.Ordinal));
        Assert.Equal("false", Step(step).GetAttribute("data-done"));

        await _api.PublishAsync(Nodes("""redis-master","role":"replica","link":"up","status":"up""", """redis-replica-1","role":"master","status":"up"""), Cancellation);
        await run.WaitAsync(Eventually.Limit, Cancellation);
        await step.WaitForAssertionAsync(() => Assert.Equal("true", Step(step).GetAttribute("data-done")));
        Assert.Equal("redis-master is back, as a replica.", Findings(step)[^1]);
        Assert.Equal(["/api/nodes/redis-master/stop", "/api/nodes/redis-master/start"], _api.Requests.Where(path => path.StartsWith("/api/nodes/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_a_master_it_kills_nothing_says_so_and_is_not_done()
    {
        _api.Instead["/api/nodes"] = Nodes("""redis-replica-1","role":"replica","status":"up""");
        var step = _page.Render<FailoverStep>();

        await step.Find("[data-testid=run-failover]").ClickAsync(new());

        await step.WaitForAssertionAsync(() => Assert.StartsWith("No node can be killed here", Assert.Single(Findings(step)), StringComparison.Ordinal));
        Assert.Equal("false", Step(step).GetAttribute("data-done"));
        Assert.DoesNotContain("/api/nodes/redis-master/stop", _api.Requests);
    }

    private static string Nodes(params string[] nodes) =>
        $"[{string.Join(',', nodes.Select(node => $$"""{"name":"{{node}}","address":"127.0.0.1:6379","isReadNode":false}"""))}]";

    private static string[] Findings(IRenderedComponent<FailoverStep> step) => [.. step.FindAll("[data-testid=failover] li span:last-child").Select(text => text.TextContent)];

    private static AngleSharp.Dom.IElement Step(IRenderedComponent<FailoverStep> step) => step.Find("[data-testid=step-failover]");
}
