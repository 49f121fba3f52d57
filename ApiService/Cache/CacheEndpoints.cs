using RedisAspire.ApiService.Commands;
using RedisAspire.ApiService.Tracing;
using RedisAspire.Caching;

namespace RedisAspire.ApiService.Cache;

/// <summary><c>/api/cache</c>: empties the cache, and shows its statistics.</summary>
internal static class CacheEndpoints
{
    public static void AddCacheFigures(this IServiceCollection services)
    {
        services.AddSingleton<ClusterFigures>().AddHostedService(provider => provider.GetRequiredService<ClusterFigures>());
    }

    public static void MapCacheEndpoints(this IEndpointRouteBuilder routes)
    {
        var cache = routes.MapGroup("/api/cache").WithTags("Cache");

        cache.MapDelete("", ClearAsync)
            .Describe("ClearCache", "Empties the cache: removes every string that has a time to live, except the application's own.")
            .ProducesProblems(503)
            .WithResponseExample(new ClearedResponse(42))
            .RequireAdminKey();

        cache.MapGet("/stats", (ClusterFigures cluster, CancellationToken cancellationToken) => cluster.ReadAsync(cancellationToken))
            .Describe("GetCacheStats", "Shows the statistics of the cache: hits by level, misses, latencies, and the gain of hits; since the start and over the last minute.",
                "The answer has each instance and all of them together. The figures of other instances are up to two seconds old. When the near cache has many hits a second, the latency of every 64th is measured.")
            .WithResponseExample(Example);
    }

    private static StatsResponse Example
    {
        get
        {
            var figures = new FiguresResponse(
                1204, 1190, 1102, 88, 14, 0, 37, 0, 21, 0, 1, 0.9884, 99.99,
                new LatencyResponse(0.041, 0.0027, 0.16, 0.46, 1.1), new LatencyResponse(2003.2, 2013.2, 2013.2, 2013.2, 2013.2));
            var near = new NearCacheResponse("on", 85, 13_600);
            var takenAt = new DateTimeOffset(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);
            const string instance = "web-01-4711-3fa9";
            return new(
                takenAt, instance, new ClusterStatsResponse(1, true, near, figures, figures),
                [new InstanceStatsResponse(instance, takenAt.AddSeconds(-48), near, figures, figures)]);
        }
    }

    private static async Task<Ok<ClearedResponse>> ClearAsync([AsParameters] TraceQuery query, ReplicatedCache cache, CommandSampler sampler, RedisTopology topology, CancellationToken cancellationToken)
    {
        if (query.Trace == 0 && !sampler.Takes)
            return TypedResults.Ok(new ClearedResponse(await cache.ClearAsync("", cancellationToken)));

        using var trace = cache.BeginTrace("");
        var removed = await cache.TraceClearAsync(trace, "", cancellationToken);
        sampler.Add(trace);
        return TypedResults.Ok(new ClearedResponse(removed).WithTrace(query.Trace == 0 ? null : trace.ToSteps(topology)));
    }
}
