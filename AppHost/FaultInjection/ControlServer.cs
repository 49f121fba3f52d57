using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisAspire.Hosting;

namespace RedisAspire.AppHost.FaultInjection;

/// <summary>
/// A small HTTP server on loopback through which the API has nodes stopped, started, paused and resumed, one at a time.
/// <c>POST /nodes/{name}/stop|start|pause|resume</c> runs the dashboard's commands; <c>stop</c> kills the node, because it stands
/// for a crash. <c>GET /nodes</c> says which state each of them is in.
/// </summary>
internal sealed class ControlServer(
    RedisReplicationResource redis, ParameterResource adminKey, ResourceCommandService commands, ResourceNotificationService notifications) : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    // Two requests at once must not both find a node stopped, and start it.
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly Lock _lock = new();
    private Task<WebApplication>? _web;

    /// <summary>The address of the server, which is started on any free port by the first call.</summary>
    public async Task<Uri> GetAddressAsync(CancellationToken cancellationToken)
    {
        Task<WebApplication> web;
        lock (_lock)
            web = _web ??= StartAsync(cancellationToken);
        return new Uri((await web).Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
            await (await _web).DisposeAsync();
        _oneAtATime.Dispose();
    }

    private async Task<WebApplication> StartAsync(CancellationToken cancellationToken)
    {
        // Nothing from the environment: addresses or logging meant for the services must not apply here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var web = builder.Build();
        try
        {
            web.UseStatusCodePages();
            Map(web.MapGroup("/nodes").AddEndpointFilter(new AdminKeyFilter((await adminKey.GetValueAsync(cancellationToken))!)));
            await web.StartAsync(cancellationToken);
            return web;
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }
    }

    private void Map(RouteGroupBuilder nodes)
    {
        nodes.MapGet("", () => Results.Json(States()));
        var node = nodes.MapGroup("/{name}").AddEndpointFilter(OneAtATimeAsync);
        node.MapPost("/stop", (string name, CancellationToken cancellationToken) =>
            RunAsync(name, RedisReplicationCommands.Kill, state => IsRunning(state) ? null : "is not running", cancellationToken));
        node.MapPost("/pause", (string name, CancellationToken cancellationToken) =>
            RunAsync(name, RedisReplicationCommands.Pause, state => !IsRunning(state) ? "is not running" : RedisProcessControl.IsPaused(state) ? "is paused already" : null, cancellationToken));
        node.MapPost("/resume", (string name, CancellationToken cancellationToken) =>
            RunAsync(name, RedisReplicationCommands.Resume, state => RedisProcessControl.IsPaused(state) ? null : "is not paused", cancellationToken));
        node.MapPost("/start", StartNodeAsync);
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

    // A node or sentinel whose state is not known yet is left out.
    private Dictionary<string, string> States()
    {
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in redis.Members)
        {
            if (notifications.TryGetCurrentState(member.Name, out var current))
                states[member.Name] = RedisProcessControl.IsPaused(current.Snapshot) ? "paused" : IsRunning(current.Snapshot) ? "running" : "stopped";
        }

        return states;
    }

    private async Task<IResult> StartNodeAsync(string name, CancellationToken cancellationToken)
    {
        var result = await RunAsync(name, KnownResourceCommands.StartCommand, state => IsRunning(state) ? "is running already" : null, cancellationToken);
        if (result is not IStatusCodeHttpResult { StatusCode: StatusCodes.Status204NoContent })
            return result;

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StartTimeout);
        try
        {
            // The next request finds the node started: the monitor may still have the state from before.
            await notifications.WaitForResourceAsync(name, change => IsRunning(change.Snapshot), deadline.Token);
            await redis.Members.Single(member => member.Name == name).WaitUntilAnsweringAsync(deadline.Token);
            return result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Results.Problem($"{name} has been started, but does not answer yet.", statusCode: StatusCodes.Status409Conflict);
        }
    }

    private async Task<IResult> RunAsync(string name, string command, Func<CustomResourceSnapshot, string?> obstacle, CancellationToken cancellationToken)
    {
        if (redis.Members.FirstOrDefault(member => member.Name == name) is not { } member)
            return Results.Problem($"There is no node or sentinel '{name}'.", statusCode: StatusCodes.Status404NotFound);
        if ((notifications.TryGetCurrentState(name, out var current) ? obstacle(current.Snapshot) : "is not known yet") is { } reason)
            return Results.Problem($"{name} {reason}.", statusCode: StatusCodes.Status409Conflict);

        var result = await commands.ExecuteCommandAsync(member.Running, command, cancellationToken);
        return result.Success ? Results.NoContent() : Results.Problem(result.Message, statusCode: StatusCodes.Status409Conflict);
    }

    private static bool IsRunning(CustomResourceSnapshot state) => state.State?.Text == KnownResourceStates.Running;

    // Signals are for the app host, not for this server.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Lets a service inject faults into the nodes, while the application runs on a developer's machine.</summary>
internal static class FaultInjectionExtensions
{
    /// <summary>Gives a service the address at which it may have nodes stopped and started: <c>FaultInjection__Address</c>. Published services do not get one.</summary>
    public static IResourceBuilder<ProjectResource> WithFaultInjection(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<RedisReplicationResource> redis, IResourceBuilder<ParameterResource> adminKey)
    {
        var builder = service.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode)
            return service;

        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<ControlServer>(services, redis.Resource, adminKey.Resource));
        return service.WithEnvironment(async context =>
        {
            var server = context.ExecutionContext.Services.GetRequiredService<ControlServer>();
            context.EnvironmentVariables["FaultInjection__Address"] = (await server.GetAddressAsync(context.CancellationToken)).ToString();
        });
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
