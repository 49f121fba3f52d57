using System.Diagnostics;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisAspire.Contracts;
using StackExchange.Redis;
using ZiggyCreatures.Caching.Fusion;

namespace RedisAspire.Benchmarks.Peers;

/// <summary>
/// <c>GET /data/{key}</c> as somebody would write it in a few lines over another cache, or none. The answer has the
/// properties of the API's; it is serialized with generated code, and nothing else is done for a request.
/// </summary>
internal static class PeerServer
{
    public static string[] Kinds { get; } = ["kestrel", "hybrid", "fusion", "redis", "telemetry-sink"];

    public static async Task RunAsync(string kind, Uri url, string redis, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrel(kestrel => kestrel.ListenLocalhost(url.Port));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, PeerJson.Default));
        if (kind is "hybrid" or "fusion" or "redis")
        {
            var connection = await ConnectionMultiplexer.ConnectAsync(redis);
            builder.Services.AddSingleton(connection.GetDatabase());
            _ = kind switch
            {
                "hybrid" => builder.Services.AddMicrosoftHybridCache(connection),
                "fusion" => builder.Services.AddFusionCacheOverRedis(connection),
                _ => builder.Services,
            };
        }

        await using var app = builder.Build();
        app.MapGet("/alive", () => "Healthy");
        Map(app, kind);
        await HostingAbstractionsHostExtensions.RunAsync(app, cancellationToken);
    }

    private static void Map(WebApplication app, string kind)
    {
        switch (kind)
        {
            case "kestrel":
                app.MapGet("/data/{key}", (string key) => Answer(key, $"data_pour_{key}", "near", Stopwatch.GetTimestamp()));
                break;
            case "hybrid":
                app.MapGet("/data/{key}", async (string key, HybridCache cache) =>
                {
                    var started = Stopwatch.GetTimestamp();
                    return Answer(key, await cache.GetOrCreateAsync(key, key, static (key, _) => ValueTask.FromResult($"data_pour_{key}")), "near", started);
                });
                break;
            case "fusion":
                app.MapGet("/data/{key}", async (string key, IFusionCache cache) =>
                {
                    var started = Stopwatch.GetTimestamp();
                    return Answer(key, await cache.GetOrSetAsync<string>(key, (_, _) => Task.FromResult($"data_pour_{key}")), "near", started);
                });
                break;
            case "redis":
                app.MapGet("/data/{key}", async (string key, IDatabase database) =>
                {
                    var started = Stopwatch.GetTimestamp();
                    return Answer(key, (string?)await database.StringGetAsync(key) ?? throw new InvalidOperationException("The key is not in Redis."), "redis", started);
                });
                break;
            default:
                app.MapPost("/{**path}", () => Microsoft.AspNetCore.Http.Results.Ok());
                break;
        }
    }

    private static DataResponse Answer(string key, string value, string level, long started) => new(
        key, value, "cache", level, level == "redis" ? "redis-master" : null, Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 3), 57.31, DateTimeOffset.UtcNow);
}

/// <summary>Generated serializers.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DataResponse))]
internal sealed partial class PeerJson : JsonSerializerContext;
