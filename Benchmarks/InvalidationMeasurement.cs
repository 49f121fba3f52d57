using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching.Near;

namespace RedisAspire.Benchmarks;

/// <summary>How long after another client's write a value is gone from the process, at 2,000 writes per second.</summary>
internal static class InvalidationMeasurement
{
    private const int WritesPerSecond = 2000;
    private const int Seconds = 10;
    private const int Keys = 1000;

    public static async Task RunAsync()
    {
        await using var host = await BenchmarkHost.StartAsync();
        var near = host.Services.GetRequiredService<NearCache>();
        var plain = host.Plain.GetDatabase();
        var keys = Enumerable.Range(0, Keys).Select(i => $"key:{i}").ToArray();
        var delays = new List<double>();
        var started = Stopwatch.GetTimestamp();

        for (var i = 0; i < WritesPerSecond * Seconds; i++)
        {
            while (Stopwatch.GetElapsedTime(started).TotalSeconds * WritesPerSecond < i)
                await Task.Yield();

            var key = keys[i % Keys];
            // In the process first, so that there is something to lose. Every tenth write is measured: waiting for each
            // would make it a measurement of one write at a time.
            await host.Cache.GetOrCreateAsync(key, 0, static (_, _) => ValueTask.FromResult("value"));
            await host.Cache.GetOrCreateAsync(key, 0, static (_, _) => ValueTask.FromResult("value"));
            var sent = Stopwatch.GetTimestamp();
            var writing = plain.StringSetAsync(key, "changed", TimeSpan.FromSeconds(60));
            if (i % 10 == 0 && near.TryGet(key, out var held))
            {
                while (near.TryGet(key, out var item) && ReferenceEquals(item, held))
                    await Task.Yield();
                delays.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }

            await writing;
        }

        delays.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{delays.Count} measured of {WritesPerSecond * Seconds} writes in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s: write sent to value gone, median {At(0.5):F3} ms, p99 {At(0.99):F3} ms, max {delays[^1]:F3} ms"));

        double At(double quantile) => delays[(int)(delays.Count * quantile)];
    }
}
