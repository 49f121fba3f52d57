using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisAspire.Hosting;

namespace RedisAspire.AppHost.Drills;

/// <summary><c>POST /nodes/{name}/stop|start|pause|resume</c>: runs the dashboard's commands. Stopping is a crash, because that is what drills are about.</summary>
internal sealed class DrillEndpoints(RedisReplicationResource redis, ResourceCommandService commands, ResourceNotificationService notifications, HealthCheckService health)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/stop", (string name, CancellationToken cancellationToken) => RunAsync(name, RedisReplicationCommands.Kill, IsThere, cancellationToken));
        routes.MapPost("/pause", (string name, CancellationToken cancellationToken) => RunAsync(name, RedisReplicationCommands.Pause, IsRunning, cancellationToken));
        routes.MapPost("/resume", (string name, CancellationToken cancellationToken) => RunAsync(name, RedisReplicationCommands.Resume, RedisProcessControl.IsPaused, cancellationToken));
        routes.MapPost("/start", StartAsync);
    }

    private async Task<IResult> StartAsync(string name, CancellationToken cancellationToken)
    {
        var result = await RunAsync(name, KnownResourceCommands.StartCommand, state => !IsThere(state), cancellationToken);
        if (result is IStatusCodeHttpResult { StatusCode: StatusCodes.Status204NoContent })
            await WaitUntilAnsweringAsync(name, cancellationToken);
        return result;
    }

    // The dashboard looks only from time to time, and shows until then how the node was before.
    private async Task WaitUntilAnsweringAsync(string name, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StartTimeout);
        while ((await health.CheckHealthAsync(check => check.Name == RedisMonitoringExtensions.CheckOf(name), deadline.Token)).Status == HealthStatus.Unhealthy)
            await Task.Delay(Pause, deadline.Token);
    }

    private async Task<IResult> RunAsync(string name, string command, Func<CustomResourceSnapshot, bool> isPossible, CancellationToken cancellationToken)
    {
        if (redis.Members.FirstOrDefault(member => member.Name == name) is not { } member)
            return Results.Problem($"There is no node or sentinel '{name}'.", statusCode: StatusCodes.Status404NotFound);
        if (!notifications.TryGetCurrentState(name, out var current) || !isPossible(current.Snapshot))
            return Results.Problem($"{name} is {current?.Snapshot.State?.Text ?? "unknown"}.", statusCode: StatusCodes.Status409Conflict);

        var result = await commands.ExecuteCommandAsync(member.Resource, command, cancellationToken);
        return result.Success ? Results.NoContent() : Results.Problem(result.Message, statusCode: StatusCodes.Status409Conflict);
    }

    private static bool IsRunning(CustomResourceSnapshot state) => state.State?.Text == KnownResourceStates.Running;

    private static bool IsThere(CustomResourceSnapshot state) => IsRunning(state) || RedisProcessControl.IsPaused(state);
}
