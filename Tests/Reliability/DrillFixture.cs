using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.AppHost;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Reliability;

/// <summary>The whole application under load: two API instances, the page, a master, three replicas, three sentinels.</summary>
public class DrillFixture : RunningApplication
{
    /// <summary>How long the simulated database takes: so long that nobody can ask it twice within the limit of a drill.</summary>
    public static readonly TimeSpan Source = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    public DrillFixture()
        : this([])
    {
    }

    /// <summary>Prepares it.</summary>
    /// <param name="settings">Settings of the app host.</param>
    protected DrillFixture(params string[] settings)
        : base(["--Redis:Runtime=process", .. settings])
    {
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await WarmUpAsync();
    }

    /// <summary>Something that has nothing to do with the nodes.</summary>
    internal Uri Undisturbed => new(Web.Url, "/alive");

    /// <summary>The node that is the master now.</summary>
    internal Task<RedisServer> MasterAsync() => Redis.CurrentMasterAsync();

    protected override void Configure(IResourceBuilder<ProjectResource> service) => service
        .WithEnvironment("SlowDatabase__Latency", Source.ToString("c"))
        // So that hits and misses both come all the time.
        .WithEnvironment("Cache__Expiration", "00:00:03")
        .WithEnvironment("Logging__LogLevel__Default", "Warning");

    // What is compiled at the first request is not what a drill is about.
    private async Task WarmUpAsync()
    {
        await using var load = new LoadGenerator([.. Apis.Select(api => api.Url)], Web.Url, Undisturbed, TimeSpan.MaxValue);
        await using var catalogue = new CatalogueWriter(Apis[0].Url);
        load.Start();
        catalogue.Start();
        await Task.Delay(WarmUp, TestContext.Current.CancellationToken);
    }
}
