using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.AppHost;

/// <summary>The application with its nodes as <c>redis-server</c> processes and a quick source, for the tests that share it. They tell a collector what they do.</summary>
public sealed class ProcessApplication() : RunningApplication("--Redis:Runtime=process")
{
    /// <summary>How many requests one address may make.</summary>
    public const int PermitLimit = 100_000;

    /// <summary>What the services have sent to the collector of telemetry.</summary>
    public TelemetryReceiver Telemetry { get; } = new();

    /// <summary>What the services had logged when all of them were up, before any test asked for anything.</summary>
    public IReadOnlyList<ReceivedLog> LogsOfTheStart { get; private set; } = [];

    public override async ValueTask InitializeAsync()
    {
        await Telemetry.StartAsync();
        await base.InitializeAsync();
        await Eventually.HoldsAsync("logs of both services arrive", () => (LogsOfTheStart = [.. Telemetry.Logs]).Select(log => log.Origin.Service).Distinct().Count() == 2);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Telemetry.DisposeAsync();
    }

    protected override void Configure(IResourceBuilder<ProjectResource> service)
    {
        // Each protocol is spoken by one service.
        var protocol = service.Resource.Name == "webfrontend" ? TelemetryReceiver.Grpc : TelemetryReceiver.Http;
        service
            .WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", Telemetry.AddressOf(protocol))
            .WithEnvironment("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
            .WithEnvironment("OTEL_BSP_SCHEDULE_DELAY", "100")
            .WithEnvironment("OTEL_BLRP_SCHEDULE_DELAY", "100")
            .WithEnvironment("OTEL_METRIC_EXPORT_INTERVAL", "500")
            .WithEnvironment("SlowDatabase__Latency", "00:00:00.100")
            // One window for all tests, with room for them, and counted however long Redis takes.
            .WithEnvironment("RateLimit__PermitLimit", PermitLimit.ToString(CultureInfo.InvariantCulture))
            .WithEnvironment("RateLimit__Window", "01:00:00")
            .WithEnvironment("RateLimit__LeaseTimeout", "00:00:10");
    }
}
