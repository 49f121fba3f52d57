using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisAspire.Tests.Support;

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

    /// <summary>Whether it runs, as far as the orchestrator has seen.</summary>
    public bool IsRunning => State == KnownResourceStates.Running;

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

    /// <summary>Starts it again after it was killed, and waits until it is healthy and answers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _resource.StartAsync(cancellationToken);
        await _resource.HealthyAsync();
        // The orchestrator may still say how the ended process was.
        using var http = new HttpClient { BaseAddress = Url };
        await Eventually.HoldsAsync("it answers", async () =>
        {
            try
            {
                using var answer = await http.GetAsync(new Uri("/health", UriKind.Relative), cancellationToken);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }
}
