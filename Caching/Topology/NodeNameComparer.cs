namespace RedisAspire.Caching.Topology;

/// <summary>Orders node names as a person would: the master first, <c>redis-replica-2</c> before <c>redis-replica-10</c>.</summary>
internal sealed class NodeNameComparer : IComparer<string>
{
    private static readonly StringComparer Natural =
        StringComparer.Create(System.Globalization.CultureInfo.InvariantCulture, System.Globalization.CompareOptions.NumericOrdering);

    public static NodeNameComparer Instance { get; } = new();

    public int Compare(string? x, string? y) => Natural.Compare(x, y);
}
