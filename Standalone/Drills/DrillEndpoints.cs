using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RedisAspire.RedisProcesses;

namespace RedisAspire.Standalone.Drills;

/// <summary>
/// <c>POST /nodes/{name}/stop|start|pause|resume</c>: what may happen to a node or sentinel, on request. Stopping is a
/// crash, because that is what drills are about: the process gets no chance to clean up or to say good-bye.
/// </summary>
internal sealed class DrillEndpoints(RedisReplication redis) : IDisposable
{
    // Two requests at once must not both find the same node stopped, and start it twice.
    private readonly SemaphoreSlim _oneAtATime = new(1);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/stop", (string name, CancellationToken cancellationToken) => RunAsync(
            name, node => node.IsRunning ? null : "is not running", node => node.Process.KillAsync(), cancellationToken));
        routes.MapPost("/pause", (string name, CancellationToken cancellationToken) => RunAsync(
            name, node => !node.IsRunning ? "is not running" : node.Process.IsPaused ? "is paused already" : null, node => Send(node, Signal.Pause), cancellationToken));
        routes.MapPost("/resume", (string name, CancellationToken cancellationToken) => RunAsync(
            name, node => node is { IsRunning: true, Process.IsPaused: true } ? null : "is not paused", node => Send(node, Signal.Resume), cancellationToken));
        routes.MapPost("/start", StartAsync);
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<IResult> StartAsync(string name, CancellationToken cancellationToken)
    {
        RedisProcess? started = null;
        try
        {
            var result = await RunAsync(
                name, node => node.IsRunning ? "is running already" : null, node => (started = node).StartAsync(), cancellationToken);
            if (started is not null)
                await started.WaitUntilAnsweringAsync(cancellationToken);
            return result;
        }
        catch (LaunchException)
        {
            // The reason may hold lines of the configuration, and so passwords.
            return Results.Problem($"{name} does not start: the launcher's output says why.", statusCode: StatusCodes.Status500InternalServerError);
        }
    }

    private async Task<IResult> RunAsync(string name, Func<RedisProcess, string?> hindrance, Func<RedisProcess, Task> action, CancellationToken cancellationToken)
    {
        if (redis.Processes.FirstOrDefault(process => process.Name == name) is not { } node)
            return Results.Problem($"There is no node or sentinel '{name}'.", statusCode: StatusCodes.Status404NotFound);

        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (hindrance(node) is { } reason)
                return Results.Problem($"{name} {reason}.", statusCode: StatusCodes.Status409Conflict);
            await action(node);
            return Results.NoContent();
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private static Task Send(RedisProcess node, Signal signal)
    {
        node.Process.Send(signal);
        return Task.CompletedTask;
    }
}
