using RedisAspire.Web.Api;

namespace RedisAspire.Web.Components.Lookups;

/// <summary>The look-ups of one page: the recent ones, the number of hits, and the last miss of each key.</summary>
public sealed class LookupHistory
{
    internal const int Length = 10;

    private readonly Dictionary<string, LookupResult> _misses = new(StringComparer.Ordinal);
    private readonly LinkedList<LookupResult> _recent = new();

    /// <summary>The last look-ups, newest first.</summary>
    internal IEnumerable<LookupResult> Recent => _recent;

    internal int Count { get; private set; }

    internal int Hits { get; private set; }

    internal double? HitRatio => Count == 0 ? null : (double)Hits / Count;

    internal void Add(LookupResult lookup)
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

    /// <summary>Finds the last look-up of a key that the database answered; null if there was none.</summary>
    internal LookupResult? LastMiss(string key) => _misses.GetValueOrDefault(key);
}
