using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisAspire.Caching;
using RedisAspire.Caching.Near;
using RedisAspire.CoherenceWorker;
using RedisAspire.Topology;

// One of the processes of the coherence test: see Tests/Caching/Coherence.
var settings = JsonSerializer.Deserialize<WorkerSettings>(args[0])!;
using var uncertain = new UncertainWrites();

var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
builder.Configuration.AddEnvironmentVariables();
builder.Services.AddReplicatedCache();
builder.Services.AddBrokenParts(settings.Breakage);
builder.Services.Configure<RedisTopologyOptions>(options => options.PollInterval = TimeSpan.FromMilliseconds(100));
using var host = builder.Build();
await host.StartAsync();

// The other client: what it does on the master, the cache does not know.
var master = host.Services.GetRequiredService<RedisMaster>();

var near = host.Services.GetRequiredService<NearCache>();
var report = new WorkerReport(settings.Worker, master);
var workload = new Workload(settings, host.Services.GetRequiredService<ReplicatedCache>(), master, report);
await NearIsOpenAsync();
report.Say(new WorkerMessage(MessageKind.Ready, settings.Worker));

await PhaseAsync(Phase.Run);
using var stopping = new CancellationTokenSource();
var running = workload.RunAsync(stopping.Token);
await Task.WhenAny(PhaseAsync(Phase.Stop), running);
await stopping.CancelAsync();
report.Say(new WorkerMessage(MessageKind.Stopped, settings.Worker) { Counts = await running, Flushes = near.Statistics.Flushes });

await PhaseAsync(Phase.Check);
// A connection that was cut just before may still be making its pause; without it there is nothing to compare.
await NearIsOpenAsync();
report.Say(new WorkerMessage(MessageKind.Checked, settings.Worker) { Counts = await workload.CheckAsync() });

await PhaseAsync(Phase.Explain);
foreach (string? key in await master.Database.SetMembersAsync(Phase.SuspectKeys))
    report.Say(new WorkerMessage(MessageKind.History, settings.Worker) { Key = key, Events = workload.HistoryOf(key!) });
report.Say(new WorkerMessage(MessageKind.Explained, settings.Worker));
await host.StopAsync();

async Task NearIsOpenAsync()
{
    while (!near.IsOn)
        await Task.Delay(10);
}

async Task PhaseAsync(string phase)
{
    while (await CurrentPhaseAsync() != phase)
        await Task.Delay(20);
}

async Task<string?> CurrentPhaseAsync()
{
    try
    {
        return await master.Database.StringGetAsync(Phase.Key);
    }
    catch (Exception failure) when (Workload.IsOfRedis(failure))
    {
        return null;
    }
}
