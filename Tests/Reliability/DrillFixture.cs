using RedisAspire.Standalone;
using RedisAspire.Standalone.Processes;
using RedisAspire.Standalone.Redis;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Reliability;

/// <summary>The whole application under load: two API instances, the page, a master, three replicas, three sentinels.</summary>
public class DrillFixture : IAsyncLifetime
{
    /// <summary>How long the simulated database takes.</summary>
    public static readonly TimeSpan Source = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    internal StandaloneApplication Application { get; private set; } = null!;

    internal RedisReplication Redis => Application.Redis;

    /// <summary>How many sentinels watch the nodes.</summary>
    protected virtual int Sentinels => 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var options = new LaunchOptions
        {
            WebPort = 0,
            ApiPort = 0,
            RedisPort = 0,
            SentinelPort = 0,
            Replicas = 3,
            Sentinels = Sentinels,
            ApiInstances = 2,
            ApiEnvironment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["SlowDatabase__Latency"] = Source.ToString("c"),
                // So that hits and misses both come all the time.
                ["Cache__Expiration"] = "00:00:03",
                ["Logging__LogLevel__Default"] = "Warning",
            },
        };
        Application = await StandaloneApplication.StartAsync(options, DataDirectory.CreateTemporary(), LaunchLog.Silent, Cancellation);
        await WarmUpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Application.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The node that is the master now, by its own word and that of the replicas that follow it.</summary>
    internal async Task<RedisServer> MasterAsync()
    {
        RedisServer? found = null;
        await Eventually.HoldsAsync("there is a master that others follow", async () =>
        {
            foreach (var node in Redis.Nodes.Where(node => node is { IsRunning: true, Process.IsPaused: false }))
            {
                var replication = await InfoAsync(node);
                if (replication?["role"] == "master" && replication["connected_slaves"] != "0")
                    found = node;
            }

            return found is not null;
        });
        return found!;
    }

    /// <summary>Starts and resumes whatever is not running, and waits until all is as it should be.</summary>
    internal async Task RestoreAsync()
    {
        foreach (var process in Redis.Processes)
        {
            if (!process.IsRunning)
                await process.StartAsync();
            else if (process.Process.IsPaused)
                process.Process.Send(Signal.Resume);
        }

        await Eventually.HoldsAsync("one master, and three replicas in touch with it", async () =>
        {
            var roles = await Task.WhenAll(Redis.Nodes.Select(InfoAsync));
            return roles.Count(role => role?["role"] == "master" && role["connected_slaves"] == "3") == 1
                && roles.Count(role => role?.GetValueOrDefault("master_link_status") == "up") == 3;
        }, TimeSpan.FromSeconds(60));
        var port = (await MasterAsync()).Port;
        foreach (var sentinel in Redis.Sentinels)
            await Eventually.HoldsAsync($"{sentinel.Name} agrees", async () => await sentinel.MasterPortAsync() == port);
    }

    // What is compiled at the first request is not what a drill is about.
    private async Task WarmUpAsync()
    {
        await using var load = new LoadGenerator([.. Application.Apis.Select(api => api.Url)], Application.Web!.Url, TimeSpan.MaxValue);
        await using var catalogue = new CatalogueWriter(Application.Apis[0].Url);
        load.Start();
        catalogue.Start();
        await Task.Delay(WarmUp, Cancellation);
    }

    private static async Task<IReadOnlyDictionary<string, string>?> InfoAsync(RedisServer node)
    {
        try
        {
            return await node.InfoAsync("replication");
        }
        catch (Exception absent) when (absent is RedisCommandException or TimeoutException)
        {
            return null;
        }
    }
}
