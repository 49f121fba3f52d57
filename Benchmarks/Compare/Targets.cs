using static RedisAspire.Benchmarks.Compare.Caches;
using static RedisAspire.Benchmarks.Compare.Operations;

namespace RedisAspire.Benchmarks.Compare;

/// <summary>What this cache is meant to reach, beside others.</summary>
internal static class Targets
{
    public static IReadOnlyList<Target> All { get; } =
    [
        new("near-hit/hybrid", "near hit, string ÷ HybridCache's", Figure.Ratio(Metric.Time, (NearString, Ours), (NearString, Hybrid)), 0.6),
        new("near-hit/fusion", "near hit, string ÷ FusionCache's", Figure.Ratio(Metric.Time, (NearString, Ours), (NearString, Fusion)), 0.15),
        new("near-hit/memory", "near hit, string ÷ IMemoryCache's", Figure.Ratio(Metric.Time, (NearString, Ours), (NearString, Memory)), 0.9),
        new("near-hit/bytes", "near hit, string, allocated B", Figure.Value(Metric.Bytes, (NearString, Ours)), 0),
        new("near-copy/hybrid", "near hit, copied object ÷ HybridCache's", Figure.Ratio(Metric.Time, (NearObject, Ours), (NearObject, Hybrid)), 0.8),
        new("redis-hit/plain", "Redis hit, 1 caller ÷ StackExchange.Redis GET", Figure.Ratio(Metric.Time, (RedisOne, Ours), (RedisOne, Plain)), 0.8),
        new("redis-hit-64/plain", "Redis hit, 64 callers ÷ StackExchange.Redis GET", Figure.Ratio(Metric.Time, (RedisMany, Ours), (RedisMany, Plain)), 1.0),
        new("redis-hit/bytes", "Redis hit, allocated B", Figure.Value(Metric.Bytes, (RedisOne, Ours)), 700),
        new("telemetry/near", "near hit, telemetry listened to, more ns", Figure.Difference(Metric.Time, (NearListened, Ours), (NearString, Ours)), 15),
        new("many-keys/few-keys", "near hit of very many keys ÷ of 1,000", Figure.Ratio(Metric.Time, (NearMany, Ours), (NearFew, Ours)), 1.5),
        new("many-keys/memory", "memory of very many keys ÷ stated size", Figure.Value(Metric.Count, (NearMemory, Ours)), 1.1),
        new("http-near/kestrel", "/data near hit ÷ bare Kestrel, processor", Figure.Ratio(Metric.Processor, (HttpNear, Ours), (HttpNear, Kestrel)), 1.10),
        new("http-redis/plain", "/data Redis hit ÷ hand-written GET, processor", Figure.Ratio(Metric.Processor, (HttpRedis, Ours), (HttpRedis, Plain)), 1.00),
        new("http-telemetry/off", "/data near hit, telemetry exported ÷ not, processor", Figure.Ratio(Metric.Processor, (HttpExported, Ours), (HttpNear, Ours)), 1.05),
        new("workshop/near", "workshop ÷ /data near hit, processor", Figure.Ratio(Metric.Processor, (HttpRedis, Workshop), (HttpNear, Ours)), 15) { IsAtLeast = true },
        new("workshop/redis", "workshop ÷ /data Redis hit, processor", Figure.Ratio(Metric.Processor, (HttpRedis, Workshop), (HttpRedis, Ours)), 8) { IsAtLeast = true },
        new("coherence/foreign-write", "stale reads after a foreign write", Figure.Value(Metric.Count, (StaleWrite, Ours)), 0),
        new("coherence/foreign-removal", "stale reads after a foreign removal", Figure.Value(Metric.Count, (StaleRemoval, Ours)), 0),
        new("coherence/set-elsewhere", "stale reads after a write through another instance", Figure.Value(Metric.Count, (StaleSet, Ours)), 0),
        new("coherence/own-writes", "own writes not seen", Figure.Value(Metric.Count, (UnseenWrites, Ours)), 0),
        new("coherence/source-calls", "source calls for 3,000 callers", Figure.Value(Metric.Count, (SourceCalls, Ours)), 1),
    ];
}
