using System.Globalization;
using RedisAspire.AppHost.Verification;

namespace RedisAspire.AppHost;

/// <summary>What the options mean for the model.</summary>
internal static class LaunchExtensions
{
    // The dashboard ends together with the services: what they have left to tell it then is not waited for, three times over, for ten seconds.
    private const string TelemetryTimeoutInMilliseconds = "500";

    /// <summary>Keeps data where the options say, or not at all.</summary>
    public static IResourceBuilder<RedisReplicationResource> WithDataOf(this IResourceBuilder<RedisReplicationResource> redis, LaunchOptions options) =>
        options.Data is { Length: > 0 } directory ? redis.WithDataBindMount(directory) : redis.WithDataVolume(options.KeepsData);

    /// <summary>Gives a service its port on this machine: a published one has its own.</summary>
    public static IResourceBuilder<ProjectResource> WithPort(this IResourceBuilder<ProjectResource> service, int port, string what)
    {
        if (service.ApplicationBuilder.ExecutionContext.IsPublishMode)
            return service;

        // No port speaks HTTPS. Without this the dashboard shows an error at every start on a machine without a trusted certificate.
#pragma warning disable ASPIRECERTIFICATES001 // Still under evaluation, and the only switch there is.
        service.WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
        return service
            .WithEnvironment("OTEL_EXPORTER_OTLP_TIMEOUT", TelemetryTimeoutInMilliseconds)
            .WithEndpoint("http", endpoint => endpoint.Port = LaunchOptions.TakePort(port, what));
    }

    /// <summary>Has values expire soon while the application is verified.</summary>
    public static IResourceBuilder<ProjectResource> WithExpirationOf(this IResourceBuilder<ProjectResource> api, LaunchOptions options) =>
        options.Verify ? api.WithEnvironment("Cache__Expiration", TimeSpan.FromSeconds(options.Ttl).ToString("c", CultureInfo.InvariantCulture)) : api;

    /// <summary>Runs the application until it is ended, or until it has been verified.</summary>
    /// <returns>The program's exit code.</returns>
    public static async Task<int> RunAsync(this IDistributedApplicationBuilder builder, IResourceBuilder<RedisReplicationResource> redis, LaunchOptions options)
    {
        await using var application = builder.Build();
        try
        {
            if (options.Verify)
                return await redis.VerifyAsync(application, CancellationToken.None) ? 0 : 1;
            await application.RunAsync();
            return 0;
        }
        catch (DistributedApplicationException failure)
        {
            // What is missing or wrong on this machine is said in a sentence, not with a stack trace.
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }
}
