using Microsoft.Extensions.Configuration;

namespace RedisAspire.AppHost;

/// <summary>Links to the latency of hits and misses on the dashboard: from the list of resources, and from the web page, which links traces as well.</summary>
internal static class DashboardLinks
{
    /// <summary>Adds the links, if there is a dashboard.</summary>
    public static IResourceBuilder<RedisReplicationResource> WithLatencyLinks(
        this IResourceBuilder<RedisReplicationResource> redis, LaunchOptions options, IResourceBuilder<ProjectResource> api, IResourceBuilder<ProjectResource> web)
    {
        var builder = redis.ApplicationBuilder;
        if (options.NoDashboard || builder.ExecutionContext.IsPublishMode || DashboardAddress(builder.Configuration) is not { } dashboard)
            return redis;

        // The page needs one link to the latency: on the dashboard, misses are one click from hits in the list of instruments.
        web.WithEnvironment("Dashboard__Latency", LatencyOf("hit")).WithEnvironment("Dashboard__Address", dashboard);
        return redis.WithUrl(LatencyOf("hit"), "Hit latency").WithUrl(LatencyOf("miss"), "Miss latency");

        string LatencyOf(string type) => $"{dashboard}/metrics/resource/{api.Resource.Name}?meter=RedisAspire.Caching&instrument=redisaspire.cache.{type}.duration";
    }

    /// <summary>The address of the dashboard, without its login token; <see langword="null"/> without a dashboard.</summary>
    public static string? DashboardAddress(IConfiguration configuration) =>
        configuration["ASPNETCORE_URLS"]?.Split(';')[0] is { Length: > 0 } address ? address : null;
}
