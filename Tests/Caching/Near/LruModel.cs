namespace RedisAspire.Tests.Caching.Near;

/// <summary>The textbook cache that lets go of what was not used for the longest time: what others are measured by.</summary>
internal sealed class LruModel(int capacity)
{
    private readonly Dictionary<string, LinkedListNode<string>> _nodes = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _byUse = new();

    public double HitRatio(IReadOnlyCollection<string> keys)
    {
        var hits = 0;
        foreach (var key in keys)
        {
            if (_nodes.TryGetValue(key, out var node))
            {
                hits++;
                _byUse.Remove(node);
                _byUse.AddLast(node);
                continue;
            }

            if (_nodes.Count == capacity)
            {
                _nodes.Remove(_byUse.First!.Value);
                _byUse.RemoveFirst();
            }

            _nodes.Add(key, _byUse.AddLast(key));
        }

        return (double)hits / keys.Count;
    }
}
