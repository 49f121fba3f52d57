using RedisAspire.RedisProcesses;
using RedisAspire.Standalone;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Reliability;

/// <summary>The whole application under load: two API instances, the page, a master, three replicas, three sentinels.</summary>
public class DrillFixture : IAsyncLifetime
{
    /// <summary>How long the simulated database takes: so long that nobody can ask it twice within the limit of a drill.</summary>
    public static readonly TimeSpan Source = TimeSpan.FromMilliseconds(500);

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

    /// <summary>The node that is the master now.</summary>
    internal Task<RedisServer> MasterAsync() => Redis.CurrentMasterAsync();

    /// <summary>Starts and resumes whatever is not running, and waits until all is as it should be.</summary>
    internal Task RestoreAsync() => Redis.RestoreAsync();

    // What is compiled at the first request is not what a drill is about.
    private async Task WarmUpAsync()
    {
        await using var load = new LoadGenerator([.. Application.Apis.Select(api => api.Url)], Application.Web!.Url, TimeSpan.MaxValue);
        await using var catalogue = new CatalogueWriter(Application.Apis[0].Url);
        load.Start();
        catalogue.Start();
        await Task.Delay(WarmUp, Cancellation);
    }
}
