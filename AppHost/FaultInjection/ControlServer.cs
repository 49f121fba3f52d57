using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RedisAspire.AppHost.FaultInjection;

/// <summary>A small HTTP server on loopback through which the API has nodes stopped, started, paused and resumed, one at a time.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private readonly WebApplication _web;

    // Two requests at once must not both find a node stopped, and start it.
    private readonly SemaphoreSlim _oneAtATime = new(1);

    private ControlServer(WebApplication web) => _web = web;

    /// <summary>The address that the server listens on.</summary>
    public Uri Address => new(_web.Urls.Single());

    /// <summary>Starts the server on any free port.</summary>
    /// <param name="map">Maps the end points below the node <c>name</c>.</param>
    /// <param name="states">Reads the state of every node and sentinel, by its name.</param>
    /// <param name="adminKey">The key that every request must carry.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static async Task<ControlServer> StartAsync(
        Action<IEndpointRouteBuilder> map, Func<IReadOnlyDictionary<string, string>> states, string adminKey, CancellationToken cancellationToken)
    {
        // Nothing from the environment: addresses or logging meant for the services must not apply here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));

        var server = new ControlServer(builder.Build());
        try
        {
            server._web.UseStatusCodePages();
            map(server._web.MapGroup("/nodes/{name}").AddEndpointFilter(new AdminKeyFilter(adminKey)).AddEndpointFilter(server.OneAtATimeAsync));
            server._web.MapGet("/nodes", () => Results.Json(states())).AddEndpointFilter(new AdminKeyFilter(adminKey));
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
        _oneAtATime.Dispose();
    }

    private async ValueTask<object?> OneAtATimeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        await _oneAtATime.WaitAsync(context.HttpContext.RequestAborted);
        try
        {
            return await next(context);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    // Signals are for the app host, not for this server.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Rejects requests without the key of this run in their header <c>X-Admin-Key</c>.</summary>
internal sealed class AdminKeyFilter(string key) : IEndpointFilter
{
    public const string Header = "X-Admin-Key";

    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        CryptographicOperations.FixedTimeEquals(_key, Encoding.UTF8.GetBytes(context.HttpContext.Request.Headers[Header].ToString()))
            ? next(context)
            : ValueTask.FromResult<object?>(Results.Problem(
                $"The header {Header} must hold the admin key.", statusCode: StatusCodes.Status401Unauthorized));
}
