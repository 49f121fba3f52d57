using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisAspire.ApiService.Data;
using RedisAspire.RedisProcesses;
using RedisAspire.Topology;

namespace RedisAspire.Tests.Support;

/// <summary>The API in this process, on real Redis nodes, with a database that is only a little slow.</summary>
internal sealed class ApiFactory(RedisReplication? redis, params (string Name, string? Value)[] settings) : WebApplicationFactory<SlowDatabase>
{
    public static TimeSpan DatabaseLatency { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The least that a look-up in the database takes: the clock of timers may advance by four milliseconds at a time.</summary>
    public static TimeSpan LeastLatency { get; } = DatabaseLatency - TimeSpan.FromMilliseconds(5);

    /// <summary>What the API asks of those who remove things.</summary>
    public const string AdminKey = "test-admin-key";

    private readonly RecordingLogger _log = new(LogLevel.Error);
    private Action<IServiceCollection>? _services;

    /// <summary>What the API has logged as errors.</summary>
    public IReadOnlyCollection<string> Errors => _log.Lines;

    /// <summary>Whether the API does nothing that it is not asked for: no figures, no keys of its own in Redis.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Starts the API and waits until it has polled every node.</summary>
    /// <param name="redis">The nodes; none without.</param>
    /// <param name="settings">Configuration that differs from that of other tests.</param>
    public static Task<ApiFactory> StartAsync(RedisReplication? redis, params (string Name, string? Value)[] settings) =>
        StartAsync(new ApiFactory(redis, settings));

    /// <summary>The same with services that take the place of its own.</summary>
    /// <param name="redis">The nodes.</param>
    /// <param name="services">Adds them.</param>
    public static Task<ApiFactory> StartAsync(RedisReplication? redis, Action<IServiceCollection> services) =>
        StartAsync(new ApiFactory(redis) { _services = services });

    /// <summary>The same for tests that count keys or commands: nothing is in Redis but what they put there.</summary>
    /// <param name="redis">The nodes.</param>
    /// <param name="settings">Configuration that differs from that of other tests.</param>
    public static Task<ApiFactory> StartQuietAsync(RedisReplication redis, params (string Name, string? Value)[] settings) =>
        StartAsync(new ApiFactory(redis, settings) { IsQuiet = true });

    private static async Task<ApiFactory> StartAsync(ApiFactory factory)
    {
        // The real server: what it does to paths is part of what is tested. It gets its address by its own options,
        // because the overload with a port races with the start of the application.
        factory.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        await Task.Run(factory.StartServer, TestContext.Current.CancellationToken);
        return factory;
    }

    /// <summary>A client that has the admin key.</summary>
    public HttpClient CreateAdminClient()
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Add("X-Admin-Key", AdminKey);
        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("SlowDatabase:Latency", DatabaseLatency.ToString("c"));
        // Many tests share few cores: what is slow here is not down.
        builder.UseSetting("Cache:OperationTimeout", "00:00:02");
        foreach (var node in redis?.Nodes ?? [])
            builder.UseSetting($"ConnectionStrings:{node.Name}", node.ConnectionString);
        builder.UseSetting("Redis:OperatorUser", redis?.Users.Operator.Name);
        builder.UseSetting("Redis:OperatorPassword", redis?.Users.Operator.Password);
        builder.UseSetting("Redis:ReaderUser", redis?.Users.Reader.Name);
        builder.UseSetting("Redis:ReaderPassword", redis?.Users.Reader.Password);
        builder.UseSetting("Admin:Key", AdminKey);
        builder.UseSetting("RateLimit:PermitLimit", "");
        builder.UseSetting("RateLimit:CreationsPerMinute", "");
        builder.UseSetting("Db:Seed", "false");
        foreach (var (name, value) in settings)
            builder.UseSetting(name, value);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(_log));
        builder.ConfigureServices(services =>
        {
            services.Configure<RedisTopologyOptions>(options =>
            {
                options.PollInterval = TimeSpan.FromMilliseconds(100);
                options.PollTimeout = TimeSpan.FromSeconds(3);
            });
            if (IsQuiet)
                RemoveBackgroundServices(services);
            _services?.Invoke(services);
        });
    }

    private static void RemoveBackgroundServices(IServiceCollection services)
    {
        foreach (var service in services.Where(service => service.ServiceType == typeof(IHostedService)).ToArray())
        {
            var type = service.ImplementationType ?? service.ImplementationFactory?.Method.ReturnType;
            if (type?.Assembly == typeof(SlowDatabase).Assembly)
                services.Remove(service);
        }
    }
}
