using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
using RedisAspire.Contracts;
using RedisAspire.Web.Api;
using RedisAspire.Web.Components;
using RedisAspire.Web.Components.Catalogue;
using RedisAspire.Web.Components.Failures;
using RedisAspire.Web.Components.Pages;
using RedisAspire.Web.Components.Topology;
using RedisAspire.Web.Live;

namespace RedisAspire.Tests.Web;

/// <summary>What just happened, on the pages of the topology and of the catalogue.</summary>
public sealed class TracedPageTests : IAsyncDisposable
{
    private const string Trace = """
        "trace":[{"step":"replicas","outcome":"done","atMicroseconds":42,"tookMicroseconds":310.4,"node":"redis-master","command":"redis-cli -p 6379 WAIT 1 500","replicas":3}],"traceId":"4bf92f3577b34da6a3ce929d0e0e4736"
        """;

    private readonly ComponentContext _page = new();
    private readonly StubApi _api = new();

    public TracedPageTests()
    {
        _page.Services.AddHttpContextAccessor()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Dashboard:Address", "http://localhost:15000")]).Build())
            .AddSingleton(TimeProvider.System).AddApiClients().AddSingleton<LiveFeed>().AddScoped<LiveState>().AddScoped<BrowserTime>().AddScoped<FailureWords>()
            .AddSingleton<IHttpClientFactory>(_api);
    }

    public async ValueTask DisposeAsync()
    {
        await _page.DisposeAsync();
        _api.Dispose();
    }

    [Theory]
    [InlineData("topology?trace=1", true)]
    [InlineData("topology", false)]
    public async Task A_promotion_is_shown_step_by_step_if_the_address_says_so(string address, bool isShown)
    {
        _api.Instead["/api/nodes/redis-replica-1/promote"] = $$"""
            event: result
            data: {"name":"redis-replica-1","role":"master","address":"127.0.0.1:6380","status":"up","isReadNode":false,{{Trace}}}


            """;
        Navigate(address);
        var page = _page.Render<TopologyPage>();
        var actions = page.FindComponents<NodeActions>().Single(actions => actions.Instance.Name == "redis-replica-1");

        await page.InvokeAsync(() => actions.Instance.Order.InvokeAsync("promote"));

        Assert.Equal(isShown ? 1 : 0, page.FindAll("[data-testid=trace-step]").Count);
        if (isShown)
            Assert.Contains("make redis-replica-1 the master", page.Find("[data-testid=trace]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_of_the_catalogue_is_shown_step_by_step_until_other_products_are()
    {
        Navigate("catalogue?trace=1");
        var page = _page.Render<CataloguePage>();
        var product = Assert.Single(page.FindComponent<ProductList>().Instance.Products);

        var editing = page.InvokeAsync(() => page.FindComponent<ProductList>().Instance.Edit.InvokeAsync(product));
        await page.InvokeAsync(() => _page.Services.GetRequiredService<DialogService>().Close(new ProductWriteResponse(product, "redis_db", "redis-master", 3, Durable: true, Explanation: null)
        {
            Trace = [new TraceStep("replicas", "behind", 42, 310.4, "redis-master", null, "redis-cli -p 6379 WAIT 1 500", null) { Replicas = 0 }],
        }));
        await editing;

        Assert.Contains("It may be lost if the master fails", page.Find("[data-testid=trace-step]").TextContent, StringComparison.Ordinal);
        Navigate("catalogue?trace=1&category=phones");
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=trace-step]")));
    }

    [Fact]
    public void The_switch_changes_the_address_and_nothing_else_in_it()
    {
        Navigate("catalogue?category=phones");
        var page = _page.Render<CataloguePage>();

        page.Find("[role=switch]").Click();

        Assert.EndsWith("/catalogue?category=phones&trace=1", _page.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    private void Navigate(string address) => _page.Services.GetRequiredService<NavigationManager>().NavigateTo(address);
}
