using System.Collections.Concurrent;
using Aspire.Hosting;
using RedisAspire.RedisProcesses;

namespace RedisAspire.Tests.AppHost;

/// <summary>Nodes and sentinels as processes of an app host, which starts them.</summary>
internal sealed class AppHostRunner(DistributedApplication application) : IRedisRunner
{
    private readonly ConcurrentDictionary<string, ManagedProcess> _processes = new(StringComparer.Ordinal);

    // They may also be started and ended by others: over the API, and on the page.
    public ManagedProcess? ProcessOf(RedisProcess member)
    {
        var known = _processes.GetValueOrDefault(member.Name);
        return ResourceOf(member).ProcessId is not { } id || id == known?.Id
            ? known
            : _processes[member.Name] = ManagedProcess.Find(member.Name, id);
    }

    public Task StartAsync(RedisProcess member) => ResourceOf(member).StartAsync(TestContext.Current.CancellationToken);

    private RunningResource ResourceOf(RedisProcess member) => new(application, member.Name);
}
