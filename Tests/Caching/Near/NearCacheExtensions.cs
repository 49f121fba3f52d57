using RedisAspire.Caching.Near;

namespace RedisAspire.Tests.Caching.Near;

internal static class NearCacheExtensions
{
    public static NearCache NewOpenCache(int maximumEntries = 100_000, long maximumBytes = long.MaxValue, TimeProvider? time = null)
    {
        var cache = new NearCache(new NearCacheOptions { MaximumEntries = maximumEntries, MaximumBytes = maximumBytes }, time ?? TimeProvider.System);
        cache.TurnOn();
        return cache;
    }

    /// <summary>A fill that nothing comes between.</summary>
    public static bool Fill(this NearCache cache, string key, object? value = null, int size = 1, TimeSpan? timeToLive = null)
    {
        var ticket = cache.BeginFill(key);
        return cache.TryComplete(ticket, new NearItem(value ?? key, size, cache.Clock.DeadlineOf(ticket.BeganAt, timeToLive)));
    }

    public static bool Holds(this NearCache cache, string key) => cache.TryGet(key, out _);

    /// <summary>The hit ratio of a read-through cache of this kind over the given keys.</summary>
    public static double HitRatio(this NearCache cache, IReadOnlyCollection<string> keys)
    {
        var hits = 0;
        foreach (var key in keys)
        {
            if (cache.Holds(key))
                hits++;
            else
                cache.Fill(key);
        }

        return (double)hits / keys.Count;
    }
}
