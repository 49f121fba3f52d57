using System.ComponentModel;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.Caching.Store;
using RedisAspire.Caching.Tracking;
using StackExchange.Redis;

namespace RedisAspire.Benchmarks;

/// <summary>A hit through the public interface: in the process, and in Redis, beside a plain GET.</summary>
[MemoryDiagnoser]
#pragma warning disable CA1001 // Disposed of in the clean-up that the benchmarks' runner calls.
public class CacheHitBenchmarks
#pragma warning restore CA1001
{
    private const string Key = "product:1";

    private static readonly HybridCacheEntryOptions NotNear = new() { Flags = HybridCacheEntryFlags.DisableLocalCache };

    private BenchmarkHost _host = null!;
    private HybridCache _cache = null!;
    private ReplicatedCache _replicated = null!;
    private IDatabase _plain = null!;
    private TrackedConnection _tracked = null!;

    [GlobalSetup]
    public void Start() => StartAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Stop() => _host.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Description = "near hit, string, through ReplicatedCache")]
    public ValueTask<string> NearDirect() => _replicated.GetOrCreateAsync(Key, 0, static (_, _) => ValueTask.FromResult("value"));

    [Benchmark(Description = "near hit, string, through HybridCache")]
    public ValueTask<string> NearImmutable() => _cache.GetOrCreateAsync(Key, 0, static (_, _) => ValueTask.FromResult("value"));

    [Benchmark(Description = "near hit, object that can change")]
    public ValueTask<Product> NearMutable() => _cache.GetOrCreateAsync("product:2", 0, static (_, _) => ValueTask.FromResult(new Product("Phone", 899.99)));

    [Benchmark(Description = "near hit, immutable object")]
    public ValueTask<FrozenProduct> NearFrozen() => _cache.GetOrCreateAsync("product:3", 0, static (_, _) => ValueTask.FromResult(new FrozenProduct("Phone", 899.99)));

    [Benchmark(Description = "Redis hit, not kept in the process")]
    public ValueTask<string> Redis() => _cache.GetOrCreateAsync(Key, 0, static (_, _) => ValueTask.FromResult("value"), NotNear);

    [Benchmark(Description = "tracked connection, GET")]
    public async Task<byte[]?> Tracked() => (await _tracked.GetAsync(Key, withTimeToLive: false, neededOffset: null, CancellationToken.None)).Value;

    [Benchmark(Description = "StackExchange.Redis GET", Baseline = true)]
    public async Task<string?> PlainGet() => await _plain.StringGetAsync(Key);

    [Benchmark(Description = "Redis hit, 64 callers", OperationsPerInvoke = 64)]
    public Task Redis64() => Task.WhenAll(Enumerable.Range(0, 64).Select(i => _cache.GetOrCreateAsync(Many[i], 0, static (_, _) => ValueTask.FromResult("value"), NotNear).AsTask()));

    [Benchmark(Description = "tracked connection, 64 callers", OperationsPerInvoke = 64)]
    public Task Tracked64() => Task.WhenAll(Enumerable.Range(0, 64).Select(i => _tracked.GetAsync(Many[i], withTimeToLive: false, neededOffset: null, CancellationToken.None).AsTask()));

    [Benchmark(Description = "StackExchange.Redis GET, 64 callers", OperationsPerInvoke = 64)]
    public Task PlainGet64() => Task.WhenAll(Enumerable.Range(0, 64).Select(i => _plain.StringGetAsync(Many[i])));

    private static string[] Many { get; } = [.. Enumerable.Range(0, 64).Select(i => $"many:{i}")];

    private async Task StartAsync()
    {
        _host = await BenchmarkHost.StartAsync();
        _cache = _replicated = _host.Cache;
        _plain = _host.Plain.GetDatabase();
        _tracked = _host.Services.GetRequiredService<ReadChannel>().Tracked!.Value.Connection;
        for (var i = 0; i < 5; i++)
        {
            await NearImmutable();
            await NearMutable();
            await NearFrozen();
            await Redis64();
            await Task.Delay(100);
        }
    }

    public sealed record Product(string Name, double Price);

    [ImmutableObject(true)]
    public sealed record FrozenProduct(string Name, double Price);
}
