using RedisAspire.RedisProcesses;

namespace RedisAspire.Benchmarks.Compare;

/// <summary>
/// What is wrong after writes: each cache in three instances, with connections of their own as three processes would have,
/// and another program beside them that knows the form of the values but nothing else.
/// </summary>
internal static class CoherenceComparison
{
    private const int Keys = 1000;
    private const int Callers = 1000;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SourceTime = TimeSpan.FromMilliseconds(500);

    /// <summary>Counts, round after round.</summary>
    public static async Task<IReadOnlyList<Row>> RunAsync(RedisReplication redis, ComparisonOptions options)
    {
        List<CacheInstances> caches = [];
        Dictionary<(string What, string Who), List<Sample>> samples = [];
        try
        {
            caches.Add(await OurInstances.StartAsync(redis));
            caches.Add(await PeerInstances.HybridAsync(redis));
            caches.Add(await PeerInstances.FusionAsync(redis));
            caches.Add(await PlainInstances.StartAsync(redis));
            for (var round = 0; round < (options.IsShort ? 1 : options.Rounds); round++)
            {
                foreach (var cache in caches)
                {
                    await foreach (var (what, count) in CountAsync(cache, round))
                    {
                        if (!samples.TryGetValue((what, cache.Name), out var list))
                            samples.Add((what, cache.Name), list = []);
                        list.Add(new Sample { Count = count });
                    }
                }
            }
        }
        finally
        {
            foreach (var cache in caches)
                await cache.DisposeAsync();
        }

        return [.. samples.Select(pair => new Row("coherence", pair.Key.What, pair.Key.Who, pair.Value))];
    }

    private static async IAsyncEnumerable<(string What, int Count)> CountAsync(CacheInstances cache, int round)
    {
        string[] keys = [.. Enumerable.Range(0, Keys).Select(i => $"coherence:{round}:{i}")];

        await ReadAsync(cache, keys, "first");
        await cache.WriteBesideAsync(keys, "foreign");
        await Task.Delay(Settling);
        yield return (Operations.StaleWrite, await StaleAsync(cache, keys, "foreign"));

        await cache.RemoveBesideAsync(keys);
        await Task.Delay(Settling);
        yield return (Operations.StaleRemoval, await StaleAsync(cache, keys, "source"));

        foreach (var key in keys)
            await cache.SetAsync(0, key, "written");
        await Task.Delay(Settling);
        yield return (Operations.StaleSet, await StaleAsync(cache, keys, "written"));

        var unseen = 0;
        foreach (var key in keys)
        {
            await cache.SetAsync(0, key, "own");
            if (await cache.GetFromRedisAsync(0, key) != "own")
                unseen++;
        }

        yield return (Operations.UnseenWrites, unseen);

        var calls = 0;
        await Task.WhenAll(Enumerable.Range(0, CacheInstances.Count).SelectMany(instance => Enumerable.Range(0, Callers).Select(_ => cache.GetAsync(instance, $"stampede:{round}", async () =>
        {
            Interlocked.Increment(ref calls);
            await Task.Delay(SourceTime);
            return "value";
        }))));
        yield return (Operations.SourceCalls, calls);
    }

    // Twice, so that what stays in the process is there.
    private static async Task ReadAsync(CacheInstances cache, string[] keys, string value)
    {
        for (var time = 0; time < 2; time++)
        {
            for (var instance = 0; instance < CacheInstances.Count; instance++)
            {
                foreach (var key in keys)
                    await cache.GetAsync(instance, key, () => Task.FromResult(value));
            }
        }
    }

    // Each key is read at one of the instances that have it, none at the one that wrote.
    private static async Task<int> StaleAsync(CacheInstances cache, string[] keys, string current)
    {
        var stale = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            if (await cache.GetAsync(1 + (i % (CacheInstances.Count - 1)), keys[i], () => Task.FromResult("source")) != current)
                stale++;
        }

        return stale;
    }
}
