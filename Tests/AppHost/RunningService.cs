using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace RedisAspire.Tests.AppHost;

/// <summary>One instance of a service of ours.</summary>
internal sealed class RunningService
{
    private readonly RunningResource _resource;

    private RunningService(DistributedApplication application, string id) => _resource = new RunningResource(application, id);

    /// <summary>Where this instance listens, past the orchestrator's proxy.</summary>
    public Uri Url => new(Environment("ASPNETCORE_URLS"));

    /// <summary>What the dashboard shows as its state.</summary>
    public string? State => _resource.Snapshot?.State?.Text;

    /// <summary>All instances of a service that is running.</summary>
    public static async Task<IReadOnlyList<RunningService>> InstancesOfAsync(DistributedApplication application, string service, CancellationToken cancellationToken)
    {
        var ids = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var change in application.ResourceNotifications.WatchAsync(cancellationToken))
        {
            if (change.Resource.Name == service && change.ResourceId != service)
                ids.Add(change.ResourceId);
            if (change.Resource.Name == service && ids.Count == change.Resource.GetReplicaCount())
                break;
        }

        return [.. ids.Select(id => new RunningService(application, id))];
    }

    /// <summary>A variable of its environment.</summary>
    public string Environment(string name) => _resource.Snapshot!.EnvironmentVariables.First(variable => variable.Name == name).Value!;

    /// <summary>Ends it at once, and waits until the orchestrator has seen that.</summary>
    public async Task KillAsync()
    {
        // The process that the orchestrator knows is the one that runs the project's program.
        using (var process = Process.GetProcessById(_resource.ProcessId!.Value))
            process.Kill(entireProcessTree: true);
        await _resource.EndedAsync();
    }

    /// <summary>Starts it again after it was killed, and waits until it is healthy.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _resource.StartAsync(cancellationToken);
        await _resource.HealthyAsync();
    }
}
