using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace RedisAspire.Hosting;

/// <summary>Injects faults: kills, pauses and resumes the process or container of a resource.</summary>
internal sealed class RedisProcessControl(RedisRuntimeChoice choice)
{
    private const string Paused = "Paused";

    // These are properties that the orchestrator sets; the dashboard shows them in the details of a resource.
    private const string ContainerProperty = "container.id";
    private const string ProcessProperty = "executable.pid";

    /// <summary>Whether a resource has been paused.</summary>
    public static bool IsPaused(CustomResourceSnapshot snapshot) => snapshot.State?.Text == Paused;

    /// <summary>The container of the command's resource; <see langword="null"/> when it is a process.</summary>
    public static string? ContainerOf(ExecuteCommandContext context) => PropertyOf(context, ContainerProperty);

    /// <summary>Ends it at once, and waits until it is seen to have ended.</summary>
    public Task<ExecuteCommandResult> KillAsync(IResource resource, ExecuteCommandContext context) =>
        ControlAsync(resource, context, "kill", "-KILL", "has been killed", () => EndedAsync(context));

    public Task<ExecuteCommandResult> PauseAsync(IResource resource, ExecuteCommandContext context) =>
        ControlAsync(resource, context, "pause", "-STOP", "hangs until it is resumed", () => ShowAsync(resource, context, new ResourceStateSnapshot(Paused, KnownResourceStateStyles.Warn)));

    public Task<ExecuteCommandResult> ResumeAsync(IResource resource, ExecuteCommandContext context) =>
        ControlAsync(resource, context, "unpause", "-CONT", "goes on", () => ShowAsync(resource, context, new ResourceStateSnapshot(KnownResourceStates.Running, Style: null)));

    private async Task<ExecuteCommandResult> ControlAsync(IResource resource, ExecuteCommandContext context, string verb, string signal, string result, Func<Task> done)
    {
        var (program, arguments) = (ContainerOf(context), PropertyOf(context, ProcessProperty)) switch
        {
            ({ } container, _) => (choice.Engine, [verb, container]),
            (_, { } process) => ("kill", new[] { signal, process }),
            _ => ("", []),
        };
        if (program.Length == 0)
            return CommandResults.Failure($"{resource.Name} is not running.");

        using var run = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = await run.StandardError.ReadToEndAsync(context.CancellationToken);
        await run.WaitForExitAsync(context.CancellationToken);
        if (run.ExitCode != 0)
            return CommandResults.Failure(error.Trim());
        await done();
        return CommandResults.Success($"{resource.Name} {result}.");
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

    // The orchestrator does not detect it: a process that is stopped still exists.
    private static Task ShowAsync(IResource resource, ExecuteCommandContext context, ResourceStateSnapshot state) =>
        context.Services.GetRequiredService<ResourceNotificationService>().PublishUpdateAsync(resource, context.ResourceName, snapshot => snapshot with { State = state });

    private static string? PropertyOf(ExecuteCommandContext context, string name) =>
        context.Services.GetRequiredService<ResourceNotificationService>().TryGetCurrentState(context.ResourceName, out var current)
            && current.Snapshot.Properties.FirstOrDefault(property => property.Name == name)?.Value is { } value
            ? Convert.ToString(value, CultureInfo.InvariantCulture)
            : null;
}
