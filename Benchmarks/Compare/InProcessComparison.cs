using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using RedisAspire.Benchmarks.Peers;
using RedisAspire.RedisProcesses;
using StackExchange.Redis;
using ZiggyCreatures.Caching.Fusion;

namespace RedisAspire.Benchmarks.Compare;

/// <summary>What operations cost in this process. All caches are on the same Redis, and take turns.</summary>
internal sealed class InProcessComparison : IAsyncDisposable
{
    private const string Text = "value";
    private const int Callers = 64;
    private const int FewKeys = 1_000;

    private static readonly HybridCacheEntryOptions Lasting = new() { Expiration = PeerCaches.Lifetime };
    private static readonly HybridCacheEntryOptions NotNear = new() { Expiration = PeerCaches.Lifetime, Flags = HybridCacheEntryFlags.DisableLocalCache };
    private static readonly string[] Names = [.. Enumerable.Range(0, FewKeys).Select(i => $"few:{i}")];
    private static readonly string[] Tags = [.. Enumerable.Range(0, 100).Select(i => $"tag:{i}")];

    private readonly BenchmarkHost _ours;
    private readonly ManyKeys _many;
    private readonly ConnectionMultiplexer _peerConnection;
    private readonly ServiceProvider _peers;
    private readonly HybridCache _hybrid;
    private readonly IFusionCache _fusion;
    private readonly MemoryCache _memory = new(new MemoryCacheOptions());
    private readonly ConcurrentDictionary<string, object> _dictionary = new(StringComparer.Ordinal);
    private readonly IDatabase _plain;
    private int _next;

    private InProcessComparison(BenchmarkHost ours, ManyKeys many, ConnectionMultiplexer peerConnection)
    {
        _ours = ours;
        _many = many;
        _peerConnection = peerConnection;
        _peers = new ServiceCollection().AddMicrosoftHybridCache(peerConnection).AddFusionCacheOverRedis(peerConnection).BuildServiceProvider();
        _hybrid = _peers.GetRequiredService<HybridCache>();
        _fusion = _peers.GetRequiredService<IFusionCache>();
        _plain = ours.Plain.GetDatabase();
    }

    /// <summary>Measures all operations, round after round.</summary>
    public static async Task<IReadOnlyList<Row>> RunAsync(RedisReplication redis, ComparisonOptions options)
    {
        var ours = await BenchmarkHost.ConnectAsync(redis, cache => cache.Expiration = PeerCaches.Lifetime);
        var many = await ManyKeys.FillAsync(redis, options.IsShort ? 200_000 : 1_000_000);
        await using var comparison = new InProcessComparison(ours, many, await ConnectionMultiplexer.ConnectAsync(PeerCaches.ConnectionStringOf(redis)));
        await comparison.FillAsync();

        // Those of one operation one after the other, so that they have the same disturbances.
        InProcessCase[] cases = [.. comparison.NearCases().Concat(comparison.RedisCases()).GroupBy(@case => @case.What, StringComparer.Ordinal).SelectMany(operation => operation)];
        foreach (var @case in cases)
            await @case.PrepareAsync(options.SampleLength);
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var @case in cases)
                await @case.MeasureAsync();
        }

        return
        [
            .. cases.Select(@case => new Row("in-process", @case.What, @case.Who, @case.Samples)),
            new Row("in-process", Operations.NearMemory, Caches.Ours, [new Sample { Count = many.MemoryRatio }]),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _peers.DisposeAsync();
        await _peerConnection.DisposeAsync();
        _memory.Dispose();
        await _many.DisposeAsync();
        await _ours.DisposeAsync();
    }

    private IEnumerable<InProcessCase> NearCases() =>
    [
        new(Operations.NearString, Caches.Ours, n => HitAsync(_ours.Cache, Names[0], n)),
        new(Operations.NearString, Caches.Hybrid, n => HitAsync(_hybrid, Names[0], n)),
        new(Operations.NearString, Caches.Fusion, async n =>
        {
            for (var i = 0; i < n; i++)
                await _fusion.GetOrSetAsync<string>(Names[0], static (_, _) => Task.FromResult(Text));
        }),
        new(Operations.NearString, Caches.Memory, n =>
        {
            for (var i = 0; i < n; i++)
                _memory.GetOrCreate(Names[0], static _ => Text);
            return Task.CompletedTask;
        }),
        new(Operations.NearString, Caches.Dictionary, n =>
        {
            for (var i = 0; i < n; i++)
                _dictionary.GetOrAdd(Names[0], static _ => Text);
            return Task.CompletedTask;
        }),
        new(Operations.NearListened, Caches.Ours, n => HitAsync(_ours.Cache, Names[0], n)) { During = Listen },
        new(Operations.NearObject, Caches.Ours, n => HitObjectAsync(_ours.Cache, n)),
        new(Operations.NearObject, Caches.Hybrid, n => HitObjectAsync(_hybrid, n)),
        new(Operations.NearObject, Caches.Fusion, async n =>
        {
            for (var i = 0; i < n; i++)
                await _fusion.GetOrSetAsync<Product>("object", static (_, _) => Task.FromResult(new Product("Phone", 899.99)), Copied);
        }),
        new(Operations.NearFew, Caches.Ours, n => HitAnyAsync(_ours.Cache, Names, n)),
        new(Operations.NearFew, Caches.Dictionary, n => HitAny(Names, n)),
        new(Operations.NearMany, Caches.Ours, n => HitAnyAsync(_many.Cache, _many.Names, n)),
        new(Operations.NearMany, Caches.Dictionary, n => HitAny(_many.Names, n)),
    ];

    private IEnumerable<InProcessCase> RedisCases() =>
    [
        .. EachCaller(Caches.Ours, (key, n) => HitAsync(_ours.Cache, key, n, NotNear)),
        .. EachCaller(Caches.Hybrid, (key, n) => HitAsync(_hybrid, key, n, NotNear)),
        .. EachCaller(Caches.Fusion, async (key, n) =>
        {
            for (var i = 0; i < n; i++)
                await _fusion.GetOrSetAsync<string>(key, static (_, _) => Task.FromResult(Text), FusionNotNear);
        }),
        .. EachCaller(Caches.Plain, async (key, n) =>
        {
            for (var i = 0; i < n; i++)
                _ = (string?)await _plain.StringGetAsync(key);
        }),

        new(Operations.Miss, Caches.Ours, n => Each(n, i => _ours.Cache.GetOrCreateAsync($"miss:{i}", 0, static (_, _) => ValueTask.FromResult(Text)).AsTask())),
        new(Operations.Miss, Caches.Hybrid, n => Each(n, i => _hybrid.GetOrCreateAsync($"miss:{i}", 0, static (_, _) => ValueTask.FromResult(Text)).AsTask())),
        new(Operations.Miss, Caches.Fusion, n => Each(n, i => _fusion.GetOrSetAsync<string>($"miss:{i}", static (_, _) => Task.FromResult(Text)).AsTask())),
        new(Operations.Miss, Caches.Plain, n => Each(n, async i =>
        {
            if (!(await _plain.StringGetAsync($"miss:plain:{i}")).HasValue)
                await _plain.StringSetAsync($"miss:plain:{i}", Text, PeerCaches.Lifetime);
        })),

        new(Operations.Set, Caches.Ours, n => Each(n, i => _ours.Cache.SetAsync(NameOf(i), Text).AsTask())),
        new(Operations.Set, Caches.Hybrid, n => Each(n, i => _hybrid.SetAsync(NameOf(i), Text).AsTask())),
        new(Operations.Set, Caches.Fusion, n => Each(n, i => _fusion.SetAsync(NameOf(i), Text).AsTask())),
        new(Operations.Set, Caches.Plain, n => Each(n, i => _plain.StringSetAsync($"plain:{NameOf(i)}", Text, PeerCaches.Lifetime))),

        new(Operations.Remove, Caches.Ours, n => Each(n, i => _ours.Cache.RemoveAsync($"gone:{i % FewKeys}").AsTask())),
        new(Operations.Remove, Caches.Hybrid, n => Each(n, i => _hybrid.RemoveAsync($"gone:{i % FewKeys}").AsTask())),
        new(Operations.Remove, Caches.Fusion, n => Each(n, i => _fusion.RemoveAsync($"gone:{i % FewKeys}").AsTask())),
        new(Operations.Remove, Caches.Plain, n => Each(n, i => _plain.KeyDeleteAsync($"gone:{i % FewKeys}"))),

        new(Operations.RemoveTag, Caches.Ours, n => Each(n, i => _ours.Cache.RemoveByTagAsync(Tags[i % Tags.Length]).AsTask())),
        new(Operations.RemoveTag, Caches.Hybrid, n => Each(n, i => _hybrid.RemoveByTagAsync(Tags[i % Tags.Length]).AsTask())),
        new(Operations.RemoveTag, Caches.Fusion, n => Each(n, i => _fusion.RemoveByTagAsync(Tags[i % Tags.Length]).AsTask())),
    ];

    private static FusionCacheEntryOptions Copied { get; } = new(PeerCaches.Lifetime) { EnableAutoClone = true };

    private static FusionCacheEntryOptions FusionNotNear { get; } = new FusionCacheEntryOptions(PeerCaches.Lifetime).SetSkipMemoryCache();

    private async Task FillAsync()
    {
        foreach (var cache in (HybridCache[])[_ours.Cache, _hybrid])
        {
            foreach (var name in Names)
                await HitAsync(cache, name, 2, Lasting);
            await HitObjectAsync(cache, 2);
            Check(await ObjectAsync(cache), await ObjectAsync(cache));
        }

        // With keys that are not the objects that it is asked with, as in the other caches.
        foreach (var name in Names.Concat(_many.Names))
            _dictionary[new string(name)] = Text;
        _memory.Set(Names[0], Text, PeerCaches.Lifetime);
        await _plain.StringSetAsync([.. CallerNames.Select(name => KeyValuePair.Create((RedisKey)name, (RedisValue)Text))]);
    }

    private static IEnumerable<InProcessCase> EachCaller(string who, Func<string, int, Task> hitAsync) =>
    [
        new(Operations.RedisOne, who, n => hitAsync(CallerNames[0], n)),
        new(Operations.RedisMany, who, n => Task.WhenAll(CallerNames.Select(name => hitAsync(name, Math.Max(1, n / Callers))))),
    ];

    private static string[] CallerNames { get; } = [.. Enumerable.Range(0, Callers).Select(i => $"caller:{i}")];

    private static async Task HitAsync(HybridCache cache, string key, int n, HybridCacheEntryOptions? options = null)
    {
        for (var i = 0; i < n; i++)
            await cache.GetOrCreateAsync(key, 0, static (_, _) => ValueTask.FromResult(Text), options);
    }

    // In an order that no memory can foresee.
    private static async Task HitAnyAsync(HybridCache cache, string[] names, int n)
    {
        var random = new Random(1);
        for (var i = 0; i < n; i++)
            await cache.GetOrCreateAsync(names[random.Next(names.Length)], 0, static (_, _) => ValueTask.FromResult(Text));
    }

    private Task HitAny(string[] names, int n)
    {
        var random = new Random(1);
        for (var i = 0; i < n; i++)
            _dictionary.GetOrAdd(names[random.Next(names.Length)], static _ => Text);
        return Task.CompletedTask;
    }

    private static ValueTask<Product> ObjectAsync(HybridCache cache) => cache.GetOrCreateAsync("object", 0, static (_, _) => ValueTask.FromResult(new Product("Phone", 899.99)));

    private static async Task HitObjectAsync(HybridCache cache, int n)
    {
        for (var i = 0; i < n; i++)
            await ObjectAsync(cache);
    }

    private static string NameOf(int i) => $"set:{i % FewKeys}";

    // Every operation has a number of its own.
    private async Task Each(int n, Func<int, Task> doAsync)
    {
        for (var i = 0; i < n; i++)
            await doAsync(_next++ & int.MaxValue);
    }

    private static MeterProvider Listen() => Sdk.CreateMeterProviderBuilder().AddMeter("RedisAspire.Caching").AddReader(new BaseExportingMetricReader(new NoExporter())).Build();

    private static void Check(Product first, Product second)
    {
        if (first != second || ReferenceEquals(first, second))
            throw new InvalidOperationException("Two hits of an object that can change are not equal copies.");
    }

    // It can change, so that a cache may not let two callers have the same one.
    private sealed record Product(string Name, double Price)
    {
        public double Price { get; set; } = Price;
    }

    private sealed class NoExporter : BaseExporter<OpenTelemetry.Metrics.Metric>
    {
        public override ExportResult Export(in Batch<OpenTelemetry.Metrics.Metric> batch) => ExportResult.Success;
    }
}
