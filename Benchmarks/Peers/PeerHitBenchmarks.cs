using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using ZiggyCreatures.Caching.Fusion;

namespace RedisAspire.Benchmarks.Peers;

/// <summary>
/// A hit in the process, beside other caches: of a string, and of an object that can change. Of the latter,
/// ReplicatedCache and Microsoft's HybridCache give every caller a copy; the others give all callers the same object.
/// </summary>
[MemoryDiagnoser]
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
#pragma warning disable CA1001 // Disposed of in the clean-ups that the benchmarks' runner calls.
public class PeerHitBenchmarks
#pragma warning restore CA1001
{
    private const string StringKey = "product:1";
    private const string ObjectKey = "product:2";

    // Longer than any run: no entry expires while it is measured.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private BenchmarkHost _host = null!;
    private HybridCache _replicated = null!;
    private ServiceProvider _services = null!;
    private HybridCache _microsoft = null!;
    private FusionCache _fusion = null!;
    private MemoryCache _memory = null!;
    private ConcurrentDictionary<string, object> _dictionary = null!;

    // Redis and the connections to it run only while the cache that needs them is measured.
    [GlobalSetup(Targets = [nameof(ReplicatedString), nameof(ReplicatedObject)])]
    public void StartReplicated() => StartReplicatedAsync().GetAwaiter().GetResult();

    [GlobalCleanup(Targets = [nameof(ReplicatedString), nameof(ReplicatedObject)])]
    public void StopReplicated() => _host.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [GlobalSetup]
    public void StartPeers() => StartPeersAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void StopPeers()
    {
        _services.Dispose();
        _fusion.Dispose();
        _memory.Dispose();
    }

    [Benchmark(Description = "string, ReplicatedCache", Baseline = true)]
    [BenchmarkCategory("string")]
    public ValueTask<string> ReplicatedString() => _replicated.GetOrCreateAsync(StringKey, 0, static (_, _) => ValueTask.FromResult("value"));

    [Benchmark(Description = "string, Microsoft's HybridCache")]
    [BenchmarkCategory("string")]
    public ValueTask<string> MicrosoftString() => _microsoft.GetOrCreateAsync(StringKey, 0, static (_, _) => ValueTask.FromResult("value"));

    [Benchmark(Description = "string, FusionCache")]
    [BenchmarkCategory("string")]
    public ValueTask<string> FusionString() => _fusion.GetOrSetAsync<string>(StringKey, static (_, _) => Task.FromResult("value"));

    [Benchmark(Description = "string, IMemoryCache")]
    [BenchmarkCategory("string")]
    public string? MemoryString() => _memory.GetOrCreate(StringKey, static _ => "value");

    [Benchmark(Description = "string, ConcurrentDictionary")]
    [BenchmarkCategory("string")]
    public string DictionaryString() => (string)_dictionary.GetOrAdd(StringKey, static _ => "value");

    [Benchmark(Description = "object, ReplicatedCache (copies it)", Baseline = true)]
    [BenchmarkCategory("object")]
    public ValueTask<Product> ReplicatedObject() => _replicated.GetOrCreateAsync(ObjectKey, 0, static (_, _) => ValueTask.FromResult(Product.Phone()));

    [Benchmark(Description = "object, Microsoft's HybridCache (copies it)")]
    [BenchmarkCategory("object")]
    public ValueTask<Product> MicrosoftObject() => _microsoft.GetOrCreateAsync(ObjectKey, 0, static (_, _) => ValueTask.FromResult(Product.Phone()));

    [Benchmark(Description = "object, FusionCache (shares it)")]
    [BenchmarkCategory("object")]
    public ValueTask<Product> FusionObject() => _fusion.GetOrSetAsync<Product>(ObjectKey, static (_, _) => Task.FromResult(Product.Phone()));

    [Benchmark(Description = "object, IMemoryCache (shares it)")]
    [BenchmarkCategory("object")]
    public Product? MemoryObject() => _memory.GetOrCreate(ObjectKey, static _ => Product.Phone());

    [Benchmark(Description = "object, ConcurrentDictionary (shares it)")]
    [BenchmarkCategory("object")]
    public Product DictionaryObject() => (Product)_dictionary.GetOrAdd(ObjectKey, static _ => Product.Phone());

    private async Task StartReplicatedAsync()
    {
        _host = await BenchmarkHost.StartAsync();
        _replicated = _host.Cache;
        var options = new CacheEntryOptions { Expiration = Lifetime };
        while ((await _host.Cache.LookupAsync(StringKey, _ => ValueTask.FromResult("value"), options)).Level != CacheLevel.Near)
            await Task.Delay(10);
        while ((await _host.Cache.LookupAsync(ObjectKey, _ => ValueTask.FromResult(Product.Phone()), options)).Level != CacheLevel.Near)
            await Task.Delay(10);

        Check(copies: true, await ReplicatedObject(), await ReplicatedObject());
    }

    private async Task StartPeersAsync()
    {
        // No IDistributedCache is registered: the memory is its only level.
        _services = new ServiceCollection()
            .AddHybridCache(options => options.DefaultEntryOptions = new HybridCacheEntryOptions { Expiration = Lifetime, LocalCacheExpiration = Lifetime })
            .Services.BuildServiceProvider();
        _microsoft = _services.GetRequiredService<HybridCache>();
        _fusion = new FusionCache(new FusionCacheOptions { DefaultEntryOptions = new FusionCacheEntryOptions(Lifetime) });
        _memory = new MemoryCache(new MemoryCacheOptions());
        _memory.Set(StringKey, "value", Lifetime);
        _memory.Set(ObjectKey, Product.Phone(), Lifetime);
        _dictionary = new ConcurrentDictionary<string, object>(StringComparer.Ordinal);

        await MicrosoftString();
        await FusionString();
        DictionaryString();
        Check(copies: true, await MicrosoftObject(), await MicrosoftObject());
        Check(copies: false, await FusionObject(), await FusionObject());
        Check(copies: false, MemoryObject(), MemoryObject());
        Check(copies: false, DictionaryObject(), DictionaryObject());
    }

    // The descriptions say who copies and who shares: so it has to be.
    private static void Check(bool copies, Product? first, Product? second)
    {
        if (first is null || first != second || ReferenceEquals(first, second) == copies)
            throw new InvalidOperationException($"Two hits are not {(copies ? "equal copies" : "the same object")}.");
    }

    /// <summary>An object that can change, so that a cache may not let two callers have the same one.</summary>
    public sealed record Product(string Name, double Price)
    {
        public double Price { get; set; } = Price;

        public static Product Phone() => new("Phone", 899.99);
    }
}
