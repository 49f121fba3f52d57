using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using RedisAspire.Hosting;
using RedisAspire.Tests.AppHost;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Hosting;

/// <summary>Somebody else's application: two replications, a service with Aspire's own client and one with the cache.</summary>
public abstract class OtherApplicationTests(RedisRuntime runtime) : IAsyncLifetime
{
    private DistributedApplication? _application;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (await SkipReasonAsync() is { } reason)
            Assert.Skip(reason);

        var builder = AppHostUnderTest.CreateEmpty($"--Redis:Runtime={runtime}", "--Logging:LogLevel:Default=Error", "--Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks=None");
        var sessions = builder.AddRedisReplication("sessions").WithReadReplicas(2).WithSentinels(3).WithFaultInjection();
        var orders = builder.AddRedisReplication("orders").WithReadReplicas(2).WithSentinels(3).WithFaultInjection();
        var project = Path.Combine(Repository.Root, "Tests", "SampleService", "SampleService.csproj");
        builder.AddProject("plain", project).WithHttpEndpoint().WithReference(sessions).WaitForMaster(sessions);
        builder.AddProject("cached", project).WithHttpEndpoint().WithReference(orders).WaitForMaster(orders);
        _application = builder.Build();
        await _application.StartAsync(Cancellation);
        foreach (var member in _application.Resources().OfType<RedisReplicationResource>().SelectMany(redis => redis.Members))
            await _application.ResourceNotifications.WaitForResourceHealthyAsync(member.Name, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
            await _application.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Both_services_read_and_write_and_carry_on_when_the_masters_are_killed()
    {
        var (plain, cached) = (new Service(_application!, "plain", "client"), new Service(_application!, "cached", "cache"));
        foreach (var service in new[] { plain, cached })
            await service.WritesAndReadsAsync("before");

        await KillAsync("sessions-master");
        await KillAsync("orders-master");

        // While the replicas follow a new master, none may be able to answer: then the source does.
        Assert.True(await cached.ReadAsync() is "before" or "from the source");
        foreach (var service in new[] { plain, cached })
            await service.WritesAndReadsAsync("after");
        Assert.Equal(["orders-master", "sessions-master"], await NodesThatAreDownAsync());
    }

    protected abstract Task<string?> SkipReasonAsync();

    private async Task KillAsync(string node)
    {
        var member = _application!.Resources().OfType<RedisReplicationResource>().SelectMany(redis => redis.Members).Single(member => member.Name == node);
        var result = await _application!.ResourceCommands.ExecuteCommandAsync(member.Resource, RedisReplicationCommands.Kill, Cancellation);
        Assert.True(result.Success, result.Message);
    }

    private async Task<IEnumerable<string>> NodesThatAreDownAsync()
    {
        var down = new List<string>();
        foreach (var redis in _application!.Resources().OfType<RedisReplicationResource>().OrderBy(redis => redis.Name, StringComparer.Ordinal))
        {
            var monitor = _application!.Services.MonitorOf(redis);
            await Eventually.HoldsAsync($"{redis.Name} has a master", () => monitor.Snapshot?.Master is not null);
            down.AddRange(monitor.Snapshot!.Nodes.Where(node => !node.IsUp).Select(node => node.Name));
        }

        return down;
    }

    private sealed class Service(DistributedApplication application, string name, string path)
    {
        public async Task<string> ReadAsync()
        {
            using var http = application.CreateHttpClient(name);
            return await http.GetStringAsync(new Uri($"/{path}/key", UriKind.Relative), Cancellation);
        }

        // A write fails while there is no master.
        public Task WritesAndReadsAsync(string value) => Eventually.HoldsAsync($"{name} writes and reads '{value}'", async () =>
        {
            using var http = application.CreateHttpClient(name);
            using var written = await http.PutAsync(new Uri($"/{path}/key?value={value}", UriKind.Relative), content: null, Cancellation);
            return written.StatusCode == HttpStatusCode.OK && await ReadAsync() == value;
        });
    }
}

/// <summary>With processes.</summary>
[Trait("Category", "Long")]
public sealed class OtherApplicationWithProcessesTests() : OtherApplicationTests(RedisRuntime.Process)
{
    protected override Task<string?> SkipReasonAsync() => Task.FromResult<string?>(null);
}

/// <summary>With containers, where a container runtime answers.</summary>
[Trait("Category", "Long")]
public sealed class OtherApplicationWithContainersTests() : OtherApplicationTests(RedisRuntime.Container)
{
    protected override Task<string?> SkipReasonAsync() => AppHostUnderTest.WhyNoContainersAsync();
}
