using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace RedisAspire.ServiceDefaults.WithoutAspire;

/// <summary>
/// Stands in for OpenTelemetry.Extensions.Hosting and the instrumentation packages. The framework itself measures
/// and traces requests, so all that is left is to name its meters and sources.
/// </summary>
internal static class OpenTelemetryHosting
{
    public static IOpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, TelemetryService>());
        return new Builder(services);
    }

    public static MeterProviderBuilder AddAspNetCoreInstrumentation(this MeterProviderBuilder metrics) =>
        metrics.AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Routing");

    public static MeterProviderBuilder AddHttpClientInstrumentation(this MeterProviderBuilder metrics) => metrics.AddMeter("System.Net.Http");

    public static MeterProviderBuilder AddRuntimeInstrumentation(this MeterProviderBuilder metrics) => metrics.AddMeter("System.Runtime");

    public static TracerProviderBuilder AddAspNetCoreInstrumentation(this TracerProviderBuilder tracing, Action<RequestTracingOptions> configure)
    {
        // By default ASP.NET Core leaves the attributes of its spans to the instrumentation package.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", isEnabled: false);

        var options = new RequestTracingOptions();
        configure(options);
        return tracing
            .ConfigureServices(services => services.AddHttpContextAccessor())
            .AddSource("Microsoft.AspNetCore")
            .AddProcessor(services => new RequestFilter(services.GetRequiredService<IHttpContextAccessor>(), options));
    }

    public static TracerProviderBuilder AddHttpClientInstrumentation(this TracerProviderBuilder tracing) => tracing.AddSource("System.Net.Http");

    /// <summary>The options of request tracing that this application uses.</summary>
    internal sealed class RequestTracingOptions
    {
        /// <summary>Whether a request is traced.</summary>
        public Func<HttpContext, bool> Filter { get; set; } = _ => true;
    }

    private sealed record Builder(IServiceCollection Services) : IOpenTelemetryBuilder;

    // Providers live from the first time they are resolved.
    private sealed class TelemetryService(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = services.GetService<MeterProvider>();
            _ = services.GetService<TracerProvider>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class RequestFilter(IHttpContextAccessor contexts, RequestTracingOptions options) : BaseProcessor<System.Diagnostics.Activity>
    {
        public override void OnStart(System.Diagnostics.Activity data)
        {
            if (data.Source.Name == "Microsoft.AspNetCore" && contexts.HttpContext is { } context && !options.Filter(context))
            {
                data.IsAllDataRequested = false;
                data.ActivityTraceFlags &= ~System.Diagnostics.ActivityTraceFlags.Recorded;
            }
        }
    }
}
