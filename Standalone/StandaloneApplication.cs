using System.Security.Cryptography;
using RedisAspire.Hosting;
using RedisAspire.RedisProcesses;
using RedisAspire.Standalone.Drills;
using RedisAspire.Standalone.Processes;

namespace RedisAspire.Standalone;

/// <summary>The whole application as local processes: Redis first, then the API, then the web page.</summary>
internal sealed class StandaloneApplication : IAsyncDisposable
{
    // In the order of their start; they end in the opposite order.
    private readonly Stack<IAsyncDisposable> _started = new();

    private StandaloneApplication()
    {
    }

    /// <summary>The Redis nodes.</summary>
    public RedisReplication Redis { get; private set; } = null!;

    /// <summary>The password of the services at every Redis node and sentinel.</summary>
    public string RedisPassword { get; private set; } = "";

    /// <summary>What a request must carry that stops nodes or changes their roles.</summary>
    public string AdminKey { get; private set; } = "";

    /// <summary>Where the API has nodes stopped and started.</summary>
    public DrillServer Drills { get; private set; } = null!;

    /// <summary>The API instances.</summary>
    public IReadOnlyList<ServiceProcess> Apis { get; private set; } = [];

    /// <summary>The web page, if it was asked for.</summary>
    public ServiceProcess? Web { get; private set; }

    /// <summary>Starts everything, each part when what it needs is healthy.</summary>
    /// <param name="options">What to start.</param>
    /// <param name="data">Where Redis keeps its data. The application disposes of it.</param>
    /// <param name="log">Where output goes.</param>
    /// <param name="cancellationToken">Gives up and ends what was started.</param>
    /// <exception cref="LaunchException">Something cannot be started.</exception>
    public static async Task<StandaloneApplication> StartAsync(LaunchOptions options, DataDirectory data, LaunchLog log, CancellationToken cancellationToken)
    {
        var application = new StandaloneApplication();
        try
        {
            await application.StartPartsAsync(options, data, log, cancellationToken);
            return application;
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Waits until a service ends that the application cannot do without. A Redis node may end: that is what
    /// replicas are for.
    /// </summary>
    /// <returns>The service that ended.</returns>
    public async Task<ServiceProcess> WaitForFailureAsync(CancellationToken cancellationToken)
    {
        var services = Web is null ? Apis : [.. Apis, Web];
        var ended = await Task.WhenAny(services.Select(service => service.Process.Exited)).WaitAsync(cancellationToken);
        return services.First(service => service.Process.Exited == ended);
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var part))
            await part.DisposeAsync();
    }

    private async Task StartPartsAsync(LaunchOptions options, DataDirectory data, LaunchLog log, CancellationToken cancellationToken)
    {
        _started.Push(new Synchronous(data));
        var guardian = new ProcessGuardian();
        _started.Push(new Synchronous(guardian));

        RedisPassword = options.RedisPassword ?? NewSecret();
        AdminKey = options.AdminKey ?? NewSecret();
        Redis = await RedisReplication.StartAsync(
            new RedisReplicationOptions
            {
                Replicas = options.Replicas,
                Sentinels = options.Sentinels,
                Password = RedisPassword,
                DataDirectory = data.Path,
            },
            guardian, cancellationToken);
        _started.Push(Redis);
        Drills = await DrillServer.StartAsync(Redis, AdminKey, cancellationToken);
        _started.Push(Drills);

        var adminKey = KeyValuePair.Create("Admin__Key", AdminKey);
        Apis = [.. Enumerable.Range(0, options.ApiInstances).Select(i => new ServiceProcess(
            options.ApiInstances == 1 ? "apiservice" : $"apiservice-{i + 1}", "ApiService",
            TakePort(options.ApiPort == 0 ? 0 : options.ApiPort + i),
            [.. Redis.Environment, adminKey, KeyValuePair.Create("Drills__Address", Drills.Address.ToString()), .. options.ApiEnvironment],
            guardian, log))];
        foreach (var api in Apis)
            _started.Push(api);
        await Task.WhenAll(Apis.Select(api => api.StartAsync(cancellationToken)));

        if (!options.HasWeb)
            return;

        Web = new ServiceProcess(
            "webfrontend", "Web", TakePort(options.WebPort),
            [.. Apis.Select((api, i) => KeyValuePair.Create($"services__apiservice__http__{i}", api.Url.ToString())), adminKey],
            guardian, log);
        _started.Push(Web);
        await Web.StartAsync(cancellationToken);
    }

    private static string NewSecret() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static int TakePort(int wanted) => wanted == 0 ? FreePorts.Take(preferred: null) : wanted;

    private sealed class Synchronous(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
