using Microsoft.Extensions.DependencyInjection;

namespace RedisAspire.AppHost.Drills;

/// <summary>Lets a service bring accidents about, while the application runs on a developer's machine.</summary>
internal static class DrillExtensions
{
    /// <summary>Tells a service where it may have nodes stopped and started: <c>Drills__Address</c>. Published services are not told.</summary>
    /// <typeparam name="T">The kind of service.</typeparam>
    /// <param name="service">The service.</param>
    /// <param name="redis">The nodes.</param>
    /// <param name="adminKey">What its requests must carry.</param>
    /// <returns>The service.</returns>
    public static IResourceBuilder<T> WithDrills<T>(
        this IResourceBuilder<T> service, IResourceBuilder<RedisReplicationResource> redis, IResourceBuilder<ParameterResource> adminKey)
        where T : IResourceWithEnvironment
    {
        var builder = service.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode)
            return service;

        builder.Services.AddSingleton<DrillHost>();
        return service.WithEnvironment(async context =>
        {
            var host = context.ExecutionContext.Services.GetRequiredService<DrillHost>();
            context.EnvironmentVariables["Drills__Address"] = (await host.GetAddressAsync(redis.Resource, adminKey.Resource, context.CancellationToken)).ToString();
        });
    }
}
