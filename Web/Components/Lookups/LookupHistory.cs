using RedisAspire.Web.Api;

namespace RedisAspire.Web.Components.Lookups;

/// <summary>The look-ups of one page: the recent ones, the number of hits, and the last miss of each key.</summary>
public sealed class LookupHistory
{
    private const int Length = 10;

    private readonly Dictionary<string, LookupResult> _misses = new(StringComparer.Ordinal);
    private readonly LinkedList<LookupResult> _recent = new();

    /// <summary>The last look-ups, newest first.</summary>
    public IEnumerable<LookupResult> Recent => _recent;

    /// <summary>How many look-ups there were.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them the cache answered.</summary>
    public int Hits { get; private set; }

    /// <summary>The share of hits, from 0 to 1; none before the first look-up.</summary>
    public double? HitRatio => Count == 0 ? null : (double)Hits / Count;

    /// <summary>Adds a look-up.</summary>
    /// <param name="lookup">The look-up.</param>
    public void Add(LookupResult lookup)
    {
        Count++;
        if (lookup.Answer.IsHit)
            Hits++;
        else
            _misses[lookup.Answer.Key] = lookup;

        _recent.AddFirst(lookup);
        if (_recent.Count > Length)
            _recent.RemoveLast();
    }

    /// <summary>Finds the last miss of a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The last look-up of the key that the database answered; null if there was none.</returns>
    public LookupResult? LastMiss(string key) => _misses.GetValueOrDefault(key);
}
