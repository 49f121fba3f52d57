using System.Globalization;
using RedisAspire.AppHost.Verification;

namespace RedisAspire.AppHost;

/// <summary>Applies the options to the model.</summary>
internal static class LaunchExtensions
{
    // The dashboard ends together with the services, so their last exports fail. Without this they would wait ten seconds, three times.
    private const string TelemetryTimeoutInMilliseconds = "500";

    /// <summary>Keeps data in the directory of the options, or not at all.</summary>
    public static IResourceBuilder<RedisReplicationResource> WithDataOf(this IResourceBuilder<RedisReplicationResource> redis, LaunchOptions options) =>
        options.Data is { Length: > 0 } directory ? redis.WithDataBindMount(directory) : options.KeepsData ? redis.WithDataVolume() : redis;

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
            // On a developer's machine Aspire traces queries unredacted, and that of a login contains the token.
            .WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION", "false")
            .WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION", "false")
            .WithEndpoint("http", endpoint => endpoint.Port = LaunchOptions.TakePort(port, what));
    }

    /// <summary>
    /// Sets the host names of a published service, separated by semicolons and if they are not given those of the parameter
    /// <c>web-hosts</c>, and the proxies that it trusts. On this machine it is localhost, without a proxy.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithPublishedHosts(this IResourceBuilder<ProjectResource> service, string? hosts = null)
    {
        var builder = service.ApplicationBuilder;
        if (!builder.ExecutionContext.IsPublishMode)
            return service;

        // Aspire's own setting would trust every proxy.
        service.DisableForwardedHeaders();
        return hosts is not null
            ? service.WithEnvironment("AllowedHosts", hosts)
            : service
                .WithEnvironment("AllowedHosts", builder.AddParameter("web-hosts", "localhost", publishValueAsDefault: true))
                .WithEnvironment("TrustedProxies", builder.AddParameter("trusted-proxies", "127.0.0.1", publishValueAsDefault: true));
    }

    /// <summary>Sets the operators of the web page, and lets its link on the dashboard log in.</summary>
    public static IResourceBuilder<ProjectResource> WithOperators(this IResourceBuilder<ProjectResource> web, LaunchOptions options, IResourceBuilder<ParameterResource> token)
    {
        if (options.Open)
            return web.WithEnvironment("Operator__Open", "true").WithUrlForEndpoint("http", url => url.DisplayText = "Web page");

        return web
            .WithEnvironment("Operator__Token", token)
            .WithUrls(async context =>
            {
                foreach (var url in context.Urls)
                    (url.Url, url.DisplayText) = (await LoginLinkAsync(url.Url, token, context.CancellationToken), "Web page");
            });
    }

    /// <summary>Lets the page listen at the address of the options, for other machines.</summary>
    public static IResourceBuilder<ProjectResource> WithHost(this IResourceBuilder<ProjectResource> web, LaunchOptions options)
    {
        if (string.IsNullOrEmpty(options.Host) || web.ApplicationBuilder.ExecutionContext.IsPublishMode)
            return web;

        var host = options.Host.Contains(':', StringComparison.Ordinal) ? $"[{options.Host}]" : options.Host;
        return web
            // The page itself listens there. Behind Aspire's proxy all visitors would have one address, by which they are limited.
            .WithEndpoint("http", endpoint => (endpoint.TargetHost, endpoint.IsProxied, endpoint.Port) = (options.Host, false, endpoint.Port ?? Hosting.FreePorts.Take(0)))
            .WithEnvironment("AllowedHosts", $"localhost;127.0.0.1;{host}");
    }

    public static IResourceBuilder<ProjectResource> WithClass(this IResourceBuilder<ProjectResource> web, LaunchOptions options) =>
        options.Class ? web.WithEnvironment("Class__Open", "true") : web;

    /// <summary>Raises the limits of one address: behind a router, a whole class has the same one.</summary>
    public static IResourceBuilder<ProjectResource> WithLimitsOf(this IResourceBuilder<ProjectResource> api, LaunchOptions options) => options.Class
        ? api.WithEnvironment("RateLimit__PermitLimit", "20000").WithEnvironment("RateLimit__CreationsPerMinute", "3000")
        : api;

    /// <summary>Tells the page the password of the services at the nodes, which the workshop gives to operators.</summary>
    public static IResourceBuilder<ProjectResource> WithRedisPassword(this IResourceBuilder<ProjectResource> web, IResourceBuilder<RedisReplicationResource> redis) =>
        web.ApplicationBuilder.ExecutionContext.IsPublishMode ? web : web.WithEnvironment("Workshop__RedisPassword", redis.Resource.PasswordParameter);

    /// <summary>The link that logs an operator in.</summary>
    public static async Task<string> LoginLinkAsync(string page, IResourceBuilder<ParameterResource> token, CancellationToken cancellationToken) =>
        $"{page}/login?t={Uri.EscapeDataString(await token.Resource.GetValueAsync(cancellationToken) ?? "")}";

    /// <summary>Shortens the expiration of values while the application is verified.</summary>
    public static IResourceBuilder<ProjectResource> WithExpirationOf(this IResourceBuilder<ProjectResource> api, LaunchOptions options) =>
        options.Verify ? api.WithEnvironment("Cache__Expiration", TimeSpan.FromSeconds(options.Ttl).ToString("c", CultureInfo.InvariantCulture)) : api;

    /// <summary>Runs the application until it is ended, or until it has been verified. The result is the program's exit code.</summary>
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
            // A problem of this machine is reported as a sentence, without a stack trace.
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }
}
