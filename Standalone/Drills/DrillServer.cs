using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisAspire.Standalone.Redis;

namespace RedisAspire.Standalone.Drills;

/// <summary>A small HTTP server on loopback through which the API has nodes stopped, started, paused and resumed.</summary>
internal sealed class DrillServer : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly DrillEndpoints _endpoints;

    private DrillServer(WebApplication web, DrillEndpoints endpoints)
    {
        _web = web;
        _endpoints = endpoints;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_web.Urls.Single());

    /// <summary>Starts the server on any free port.</summary>
    /// <param name="redis">The nodes and sentinels.</param>
    /// <param name="adminKey">What every request must carry.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<DrillServer> StartAsync(RedisReplication redis, string adminKey, CancellationToken cancellationToken)
    {
        // Nothing from the environment: addresses or logging meant for the services must not apply here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton<IHostLifetime, LauncherLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));

        var server = new DrillServer(builder.Build(), new DrillEndpoints(redis));
        try
        {
            server._web.UseStatusCodePages();
            server._endpoints.Map(server._web.MapGroup("/nodes/{name}").AddEndpointFilter(new AdminKeyFilter(adminKey)));
            await server._web.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _endpoints.Dispose();
    }

    // Signals are for the launcher, not for this server.
    private sealed class LauncherLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
