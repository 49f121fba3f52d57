using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace RedisAspire.Hosting;

/// <summary>Injects faults: kills, pauses and resumes the process or container of a node or sentinel.</summary>
internal sealed class RedisProcessControl(RedisReplicationResource redis, RedisMember member)
{
    /// <summary>The dashboard property that says which process or container is paused.</summary>
    private const string PausedProperty = "Paused";

    // These are properties that the orchestrator sets; the dashboard shows them in the details of a resource.
    private const string ContainerProperty = "container.id";
    private const string ProcessProperty = "executable.pid";

    /// <summary>Whether what runs has been paused. A process or container that was started since has another number.</summary>
    public static bool IsPaused(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.Running
        && PropertyOf(snapshot, PausedProperty) is { } paused && paused == (PropertyOf(snapshot, ContainerProperty) ?? PropertyOf(snapshot, ProcessProperty));

    /// <summary>The container of the command's resource; <see langword="null"/> when it is a process.</summary>
    public static string? ContainerOf(ExecuteCommandContext context) => PropertyOf(context, ContainerProperty);

    /// <summary>Ends it at once, and waits until it is seen to have ended.</summary>
    public Task<ExecuteCommandResult> KillAsync(ExecuteCommandContext context) => ControlAsync(context, "kill", "-KILL", "has been killed", _ => EndedAsync(context));

    /// <summary>Has it hang.</summary>
    public Task<ExecuteCommandResult> PauseAsync(ExecuteCommandContext context) => ControlAsync(context, "pause", "-STOP", "hangs until it is resumed", id => ShowPausedAsync(context, id));

    /// <summary>Lets it go on.</summary>
    public Task<ExecuteCommandResult> ResumeAsync(ExecuteCommandContext context) => ControlAsync(context, "unpause", "-CONT", "goes on", _ => ShowPausedAsync(context, id: null));

    private async Task<ExecuteCommandResult> ControlAsync(ExecuteCommandContext context, string verb, string signal, string result, Func<string, Task> done)
    {
        var (container, process) = (ContainerOf(context), PropertyOf(context, ProcessProperty));
        if ((container ?? process) is not { } id)
            return CommandResults.Failure($"{member.Name} is not running.");

        var (program, arguments) = container is not null ? (redis.Choice!.Engine, new[] { verb, id }) : ("kill", [signal, id]);
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = await run.StandardError.ReadToEndAsync(context.CancellationToken);
        await run.WaitForExitAsync(context.CancellationToken);
        if (run.ExitCode != 0)
            return CommandResults.Failure(error.Trim());
        await done(id);
        return CommandResults.Success($"{member.Name} {result}.");
    }

    private static async Task EndedAsync(ExecuteCommandContext context)
    {
        var notifications = context.Services.GetRequiredService<ResourceNotificationService>();
        await foreach (var change in notifications.WatchAsync(context.CancellationToken).WithCancellation(context.CancellationToken))
        {
            if (change.ResourceId == context.ResourceName && KnownResourceStates.TerminalStates.Contains(change.Snapshot.State?.Text, StringComparer.Ordinal))
                return;
        }
    }

    // The orchestrator does not detect it: a process that is stopped still exists, and its state remains Running.
    private Task ShowPausedAsync(ExecuteCommandContext context, string? id) =>
        context.Services.GetRequiredService<ResourceNotificationService>().PublishUpdateAsync(member.Running, context.ResourceName, snapshot => snapshot with
        {
            Properties =
            [
                .. snapshot.Properties.Where(property => property.Name != PausedProperty),
                .. id is null ? [] : new[] { new ResourcePropertySnapshot(PausedProperty, id) { IsHighlighted = true } },
            ],
        });

    private static string? PropertyOf(ExecuteCommandContext context, string name) =>
        context.Services.GetRequiredService<ResourceNotificationService>().TryGetCurrentState(context.ResourceName, out var current) ? PropertyOf(current.Snapshot, name) : null;

    private static string? PropertyOf(CustomResourceSnapshot snapshot, string name) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == name)?.Value is { } value ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;
}
