using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using StackExchange.Redis;

namespace RedisAspire.Tests.AppHost;

/// <summary>The whole application as the app host runs it, on any free ports.</summary>
/// <param name="runtime"><c>process</c> or <c>container</c>.</param>
public abstract class RunningApplication(string runtime) : IAsyncLifetime
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    private DistributedApplication? _application;

    /// <summary>Why it does not run on this machine; <see langword="null"/> when it does.</summary>
    public string? Hindrance { get; private set; }

    /// <summary>What the services have told the collector of telemetry.</summary>
    public TelemetryReceiver Telemetry { get; } = new();

    /// <summary>The application.</summary>
    public DistributedApplication Application => _application!;

    public async ValueTask InitializeAsync()
    {
        await Telemetry.StartAsync();
        try
        {
            var builder = await AppHostUnderTest.CreateAsync($"--Redis:Runtime={runtime}", "--SlowDatabase:Latency=00:00:00.100");
            foreach (var service in builder.Resources.OfType<ProjectResource>())
            {
                // Each protocol is spoken by one service.
                var protocol = service.Name == "webfrontend" ? TelemetryReceiver.Grpc : TelemetryReceiver.Http;
                builder.CreateResourceBuilder(service)
                    .WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", Telemetry.AddressOf(protocol))
                    .WithEnvironment("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
                    .WithEnvironment("OTEL_BSP_SCHEDULE_DELAY", "100")
                    .WithEnvironment("OTEL_BLRP_SCHEDULE_DELAY", "100")
                    .WithEnvironment("OTEL_METRIC_EXPORT_INTERVAL", "500")
                    .WithEnvironment("SlowDatabase__Latency", "00:00:00.100");
            }

            _application = await builder.BuildAsync();
        }
        catch (Exception refusal) when (refusal.GetBaseException() is DistributedApplicationException { Message: var message })
        {
            Hindrance = message;
            return;
        }

        using var deadline = new CancellationTokenSource(StartTimeout);
        await Application.StartAsync(deadline.Token);
        await Application.ResourceNotifications.WaitForResourceHealthyAsync("webfrontend", deadline.Token);
    }

    /// <summary>Asks a node for a key.</summary>
    public async Task<string?> ReadAsync(string node, string key)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync((await Application.GetConnectionStringAsync(node))!);
        return await connection.GetDatabase().StringGetAsync(key);
    }

    /// <summary>Has the API do something with a node.</summary>
    public Task<HttpResponseMessage> OrderAsync(string node, string action) => SendAsync(HttpMethod.Post, $"/api/nodes/{node}/{action}");

    /// <summary>Sends the API a request with the admin key.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path)
    {
        using var http = Application.CreateHttpClient("apiservice");
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Admin-Key", AppHostUnderTest.AdminKey);
        return await http.SendAsync(request);
    }

    /// <summary>The role of every node, as the API sees it.</summary>
    public async Task<IReadOnlyDictionary<string, string>> RolesAsync()
    {
        using var http = Application.CreateHttpClient("apiservice");
        var nodes = await http.GetFromJsonAsync<JsonElement>("/api/nodes");
        return nodes.EnumerateArray().ToDictionary(
            node => node.GetProperty("name").GetString()!,
            node => node.GetProperty("status").GetString() == "up" ? node.GetProperty("role").GetString()! : "down");
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
            await _application.DisposeAsync();
        await Telemetry.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
