using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RedisAspire.Hosting;

namespace RedisAspire.AppHost.FaultInjection;

/// <summary>
/// <c>POST /nodes/{name}/stop|start|pause|resume</c>: runs the dashboard's commands. <c>stop</c> kills the node, because it stands
/// for a crash. <c>GET /nodes</c> says which state each of them is in.
/// </summary>
internal sealed class FaultInjectionEndpoints(RedisReplicationResource redis, ResourceCommandService commands, ResourceNotificationService notifications)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/stop", (string name, CancellationToken cancellationToken) =>
            RunAsync(name, RedisReplicationCommands.Kill, state => IsRunning(state) ? null : "is not running", cancellationToken));
        routes.MapPost("/pause", (string name, CancellationToken cancellationToken) =>
            RunAsync(name, RedisReplicationCommands.Pause, state => !IsRunning(state) ? "is not running" : RedisProcessControl.IsPaused(state) ? "is paused already" : null, cancellationToken));
        routes.MapPost("/resume", (string name, CancellationToken cancellationToken) =>
            RunAsync(name, RedisReplicationCommands.Resume, state => RedisProcessControl.IsPaused(state) ? null : "is not paused", cancellationToken));
        routes.MapPost("/start", StartAsync);
    }

    /// <summary>The state of every node and sentinel: <c>running</c>, <c>paused</c> or <c>stopped</c>. One whose state is not known yet is left out.</summary>
    public IReadOnlyDictionary<string, string> States()
    {
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in redis.Members)
        {
            if (notifications.TryGetCurrentState(member.Name, out var current))
                states[member.Name] = RedisProcessControl.IsPaused(current.Snapshot) ? "paused" : IsRunning(current.Snapshot) ? "running" : "stopped";
        }

        return states;
    }

    private async Task<IResult> StartAsync(string name, CancellationToken cancellationToken)
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
            await RedisMemberClient.WaitUntilAnsweringAsync(redis.Members.Single(member => member.Name == name), deadline.Token);
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
}
