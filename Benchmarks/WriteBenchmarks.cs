using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Caching.Hybrid;
using StackExchange.Redis;

namespace RedisAspire.Benchmarks;

/// <summary>A miss and a write, beside the same done by hand. The source takes ten milliseconds.</summary>
[MemoryDiagnoser]
#pragma warning disable CA1001 // Disposed of in the clean-up that the benchmarks' runner calls.
public class WriteBenchmarks
#pragma warning restore CA1001
{
    private static readonly TimeSpan SourceTime = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Expiration = TimeSpan.FromSeconds(60);

    private BenchmarkHost _host = null!;
    private HybridCache _cache = null!;
    private IDatabase _plain = null!;
    private int _next;

    [GlobalSetup]
    public void Start()
    {
        _host = BenchmarkHost.StartAsync().GetAwaiter().GetResult();
        _cache = _host.Cache;
        _plain = _host.Plain.GetDatabase();
    }

    [GlobalCleanup]
    public void Stop() => _host.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Description = "GET, source, SET by hand", Baseline = true)]
    public async Task<string> MissByHand()
    {
        var key = $"hand:{_next++}";
        var found = await _plain.StringGetAsync(key);
        if (found.HasValue)
            return found!;
        var value = await SourceAsync(CancellationToken.None);
        await _plain.StringSetAsync(key, value, Expiration);
        return value;
    }

    [Benchmark(Description = "miss")]
    public ValueTask<string> Miss() => _cache.GetOrCreateAsync($"miss:{_next++}", 0, static (_, token) => SourceAsync(token));

    [Benchmark(Description = "SET by hand")]
    public Task SetByHand() => _plain.StringSetAsync("set:hand", "value", Expiration);

    [Benchmark(Description = "SetAsync")]
    public ValueTask Set() => _cache.SetAsync("set:cache", "value");

    private static async ValueTask<string> SourceAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(SourceTime, cancellationToken);
        return "value";
    }
}
