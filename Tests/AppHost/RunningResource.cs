using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.AppHost;

/// <summary>One instance of a resource, as the orchestrator runs it.</summary>
/// <param name="application">The application.</param>
/// <param name="id">The instance's name, or the resource's if it has one only.</param>
internal sealed class RunningResource(DistributedApplication application, string id)
{
    /// <summary>What the orchestrator says of it now.</summary>
    public CustomResourceSnapshot? Snapshot => application.ResourceNotifications.TryGetCurrentState(id, out var current) ? current.Snapshot : null;

    /// <summary>Its process, if it has one: for a project that is the program which runs it.</summary>
    public int? ProcessId =>
        Snapshot?.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is { } id ? Convert.ToInt32(id, CultureInfo.InvariantCulture) : null;

    /// <summary>Waits until the orchestrator has seen that the process ended.</summary>
    public Task EndedAsync() => HoldsAsync("ended", snapshot => KnownResourceStates.TerminalStates.Contains(snapshot.State?.Text, StringComparer.Ordinal));

    /// <summary>Starts it again after it has ended, and waits until it is healthy.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await EndedAsync();
        var ended = ProcessId;
        var result = await application.ResourceCommands.ExecuteCommandAsync(id, KnownResourceCommands.StartCommand, cancellationToken);
        Assert.True(result.Success, result.Message);
        await HoldsAsync("started", snapshot => snapshot.State?.Text == KnownResourceStates.Running && ProcessId != ended);
    }

    /// <summary>Waits until its health checks succeed.</summary>
    public Task HealthyAsync() => HoldsAsync("healthy", snapshot => snapshot.HealthStatus == HealthStatus.Healthy);

    private async Task HoldsAsync(string what, Func<CustomResourceSnapshot, bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Eventually.Limit);
        try
        {
            await foreach (var change in application.ResourceNotifications.WatchAsync(deadline.Token))
            {
                if ((change.ResourceId == id || change.Resource.Name == id) && condition(change.Snapshot))
                    return;
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            var reports = Snapshot?.HealthReports.Select(report => $"{report.Name} {report.Status} {report.Description} {report.ExceptionText}");
            Assert.Fail($"{id} is {Snapshot?.State?.Text}, {Snapshot?.HealthStatus}, not {what}: {string.Join(", ", reports ?? [])}");
        }
    }
}
