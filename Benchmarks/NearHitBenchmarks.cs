using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Caching.Memory;
using RedisAspire.Caching.Near;

namespace RedisAspire.Benchmarks;

/// <summary>What a hit in the process costs, beside what .NET has for it: the bare dictionary and the usual memory cache.</summary>
[MemoryDiagnoser]
#pragma warning disable CA1001 // Disposed of in the clean-up that the benchmarks' runner calls.
public class NearHitBenchmarks
#pragma warning restore CA1001
{
    private const int Entries = 10_000;

    private readonly ConcurrentDictionary<string, object> _dictionary = new(StringComparer.Ordinal);
    private readonly MemoryCache _memoryCache = new(new MemoryCacheOptions());
    private readonly NearCache _nearCache = new(new NearCacheOptions(), TimeProvider.System);
    private readonly string _key = $"product:{Entries / 2}";

    [GlobalSetup]
    public void Fill()
    {
        _nearCache.TurnOn();
        for (var i = 0; i < Entries; i++)
        {
            var key = $"product:{i}";
            var value = $"value {i}";
            _dictionary[key] = value;
            _memoryCache.Set(key, value, TimeSpan.FromHours(1));

            var ticket = _nearCache.BeginFill(key);
            _nearCache.TryComplete(ticket, new NearItem(value, NearItem.SizeOf(key, 2 * value.Length), _nearCache.Clock.DeadlineOf(ticket.BeganAt, TimeSpan.FromHours(1))));
        }
    }

    [GlobalCleanup]
    public void CleanUp() => _memoryCache.Dispose();

    [Benchmark(Baseline = true)]
    public object? Dictionary() => _dictionary.TryGetValue(_key, out var value) ? value : null;

    [Benchmark]
    public object? Memory() => _memoryCache.TryGetValue(_key, out var value) ? value : null;

    [Benchmark]
    public object? Near() => _nearCache.TryGet(_key, out var item) ? item.Value : null;
}
