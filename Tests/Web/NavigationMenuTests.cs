using System.Net;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;
using Radzen;
using RedisAspire.Web.Components.Layout;

namespace RedisAspire.Tests.Web;

public sealed class NavigationMenuTests
{
    [Fact]
    public async Task The_dashboard_is_linked_where_there_is_one()
    {
        const string Latency = "http://localhost:15000/metrics/resource/apiservice?meter=a&instrument=b";

        Assert.Contains($"href=\"{Latency}\"", await RenderAsync(new() { ["Dashboard:Latency"] = Latency }), StringComparison.Ordinal);
        Assert.DoesNotContain("open_in_new", await RenderAsync([]), StringComparison.Ordinal);
    }

    private static async Task<string> RenderAsync(Dictionary<string, string?> settings)
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddLocalization()
            .AddRadzenComponents()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddScoped<NavigationManager, FirstPage>()
            .AddScoped<IJSRuntime, NoScripts>()
            .BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () => WebUtility.HtmlDecode((await renderer.RenderComponentAsync<NavigationMenu>()).ToHtmlString()));
    }

    private sealed class FirstPage : NavigationManager
    {
        public FirstPage() => Initialize("http://localhost/", "http://localhost/");
    }

    private sealed class NoScripts : IJSRuntime
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => throw new NotSupportedException();

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => throw new NotSupportedException();
    }
}
