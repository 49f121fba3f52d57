using System.Net;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Web.Components.Failures;
using RedisAspire.Web.Live;

namespace RedisAspire.Tests.Web;

/// <summary>An unexpected exception costs a visitor neither the page nor the circuit.</summary>
public sealed class PageBoundaryTests : IAsyncDisposable
{
    private readonly ComponentContext _page = new();
    private readonly StubApi _api = new();

    private static CancellationToken Cancellation => Xunit.TestContext.Current.CancellationToken;

    public PageBoundaryTests()
    {
        _page.Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton<IHttpClientFactory>(_api)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<LiveFeed>()
            .AddScoped<LiveState>();
    }

    public async ValueTask DisposeAsync()
    {
        await _page.DisposeAsync();
        _api.Dispose();
    }

    [Fact]
    public void It_says_so_and_tries_again_when_it_is_asked_to()
    {
        Fragile.IsBroken = true;
        var boundary = _page.Render<PageBoundary>(parameters => parameters.Add(page => page.Address, "keys").AddChildContent<Fragile>());
        Assert.Contains("Something went wrong on this page", Alert(boundary), StringComparison.Ordinal);

        Fragile.IsBroken = false;
        boundary.Find("[data-testid=recover]").Click();

        Assert.Equal("It works.", boundary.Markup);
    }

    [Fact]
    public async Task A_page_that_fails_while_the_server_draws_it_has_the_status_of_a_failure()
    {
        await using var web = new WebFactory();
        web.Api.Instead["/api/db/products"] = "no JSON";
        using var http = web.CreateClient();

        using var answer = await http.GetAsync(new Uri("/catalogue", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("Something went wrong on this page", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_page_begins_without_the_error()
    {
        Fragile.IsBroken = true;
        var boundary = _page.Render<PageBoundary>(parameters => parameters.Add(page => page.Address, "keys").AddChildContent<Fragile>());

        Fragile.IsBroken = false;
        boundary.Render(parameters => parameters.Add(page => page.Address, "lab"));

        Assert.Equal("It works.", boundary.Markup);
    }

    [Fact]
    public void It_catches_what_fails_when_an_event_of_the_API_arrives()
    {
        var boundary = _page.Render<PageBoundary>(parameters => parameters.Add(page => page.Address, "").AddChildContent<FailsOnEvents>());

        boundary.WaitForAssertion(() => Assert.Contains("Something went wrong on this page", Alert(boundary), StringComparison.Ordinal));
    }

    private static string Alert(IRenderedComponent<PageBoundary> boundary) => boundary.Find("[data-testid=unexpected]").TextContent;

    private sealed class Fragile : ComponentBase
    {
        public static bool IsBroken { get; set; }

        protected override void BuildRenderTree(RenderTreeBuilder builder) =>
            builder.AddContent(0, IsBroken ? throw new InvalidOperationException("It is broken.") : "It works.");
    }

    private sealed class FailsOnEvents : LiveComponent
    {
        protected override void OnSnapshotUpdated(LiveSnapshot before) => throw new InvalidOperationException("It cannot take events.");
    }
}
