using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace RedisAspire.ServiceDefaults;

/// <summary>
/// The defaults of every service of the application: telemetry, health endpoints, service discovery and resilience.
/// </summary>
public static class ServiceDefaultsExtensions
{
    private const string HealthPath = "/health";
    private const string AlivePath = "/alive";

    // As many as anyone looks at.
    private const int TracesPerSecond = 100;

    // Every meter and activity source of this application starts with its name.
    private const string OwnInstrumentation = "RedisAspire.*";

    /// <summary>Adds the defaults to a service.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        AddTelemetry(builder);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);
        // A request for a name that is not in AllowedHosts is answered with a status and no page.
        builder.Services.Configure<HostFilteringOptions>(options => options.IncludeFailureMessage = false);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler(options =>
            {
                // Only requests that are safe to repeat are retried: soon, because another instance may answer, and for six
                // seconds, in which one that restarts is back.
                options.Retry.DisableForUnsafeHttpMethods();
                options.Retry.Delay = TimeSpan.FromMilliseconds(200);
                options.Retry.MaxRetryAttempts = 5;
            });
            http.AddServiceDiscovery();
        });
        return builder;
    }

    /// <summary>
    /// Maps <c>/health</c> (ready for traffic: every check) and <c>/alive</c> (the process runs). Both answer
    /// with one word.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks(HealthPath);
        app.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") });
        return app;
    }

    /// <summary>Whether telemetry is sent to a collector, such as the Aspire dashboard.</summary>
    internal static bool IsExported(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    private static void AddTelemetry(IHostApplicationBuilder builder)
    {
        // Information would be a line or more for each request, which its span contains as well. Failures are warnings.
        builder.Logging.AddFilter("Polly", LogLevel.Warning).AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        // Nothing is measured or traced without an exporter, because it would cost a request about a third more.
        if (!IsExported(builder.Configuration))
            return;

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter(OwnInstrumentation))
            .WithTracing(tracing => tracing
                .SetSampler(new PageEventSampler(new ParentBasedSampler(new RateLimitedSampler(TracesPerSecond, TimeProvider.System))))
                .AddSource(builder.Environment.ApplicationName, OwnInstrumentation)
                .AddAspNetCoreInstrumentation(options => options.Filter = context =>
                    !context.Request.Path.StartsWithSegments(HealthPath, StringComparison.OrdinalIgnoreCase)
                    && !context.Request.Path.StartsWithSegments(AlivePath, StringComparison.OrdinalIgnoreCase))
                .AddHttpClientInstrumentation())
            .UseOtlpExporter();
    }
}
