using Microsoft.Extensions.Caching.Hybrid;
using StackExchange.Redis;

// A service as somebody else would write it: with Aspire's own client, or with the cache, whatever the app host references.
var builder = WebApplication.CreateBuilder(args);
var (hasClient, hasCache) = (builder.Configuration.GetConnectionString("sessions") is not null, builder.Configuration.GetConnectionString("orders") is not null);
if (hasClient)
    builder.AddRedisClient("sessions");
if (hasCache)
    builder.AddRedisReplicationClient("orders");
builder.Services.AddHealthChecks();

var app = builder.Build();
app.MapHealthChecks("/health");
if (hasClient)
{
    app.MapPut("/client/{key}", async (string key, string value, IConnectionMultiplexer redis) => await redis.GetDatabase().StringSetAsync(key, value));
    app.MapGet("/client/{key}", async (string key, IConnectionMultiplexer redis) => (string?)await redis.GetDatabase().StringGetAsync(key));
}

if (hasCache)
{
    app.MapPut("/cache/{key}", async (string key, string value, HybridCache cache, CancellationToken cancellationToken) => await cache.SetAsync(key, value, cancellationToken: cancellationToken));
    app.MapGet("/cache/{key}", (string key, HybridCache cache, CancellationToken cancellationToken) =>
        cache.GetOrCreateAsync(key, _ => ValueTask.FromResult("from the source"), cancellationToken: cancellationToken));
}

await app.RunAsync();
