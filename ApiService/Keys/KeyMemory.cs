namespace RedisAspire.ApiService.Keys;

/// <summary>
/// Estimates which prefixes take how much memory, from as many keys as one request may measure. A scan returns keys in the
/// order of their hashes, so the first ones are a fair sample.
/// </summary>
internal sealed class KeyMemory(KeyInspector inspector, ReservedKeys reserved, RedisTopology topology, KeyNodes nodes, IOptions<KeyOptions> options, TimeProvider time)
{
    /// <summary>The most items of an answer; the smallest ones are left out.</summary>
    public const int MaximumItems = 200;

    /// <summary>A replica that is up, so that the master has no work with it; the master when there is none.</summary>
    public KeyNode Node => topology.Snapshot is var snapshot && snapshot.Nodes.FirstOrDefault(node => node.IsUp && node.Name != snapshot.Master) is { } replica
        ? nodes.Find(replica.Name)
        : nodes.Master;

    public async Task<KeyMemoryResponse> MeasureAsync(KeyNode node, byte[] prefix, byte[] separator, int sample, bool showsOwn, CancellationToken cancellationToken)
    {
        var scan = new KeyScan(node.Database, KeyPattern.StartingWith(prefix), type: null, position: null, options, time);
        var level = new KeyLevel(prefix, separator);
        var sizes = new Dictionary<string, (long Keys, long Bytes)>(StringComparer.Ordinal);
        var measured = 0L;
        do
        {
            var keys = await scan.NextAsync(KeyScan.MaximumCount, cancellationToken);
            foreach (var key in await inspector.InspectAsync(node.Database, keys.Where(key => showsOwn || !reserved.IsOwn(key)), cancellationToken))
            {
                KeyNotation.TryRead(key.Key, out var name);
                var path = level.Add(name);
                var sum = sizes.GetValueOrDefault(path);
                sizes[path] = (sum.Keys + 1, sum.Bytes + (key.MemoryBytes ?? 0));
                measured++;
            }
        }
        while (measured < sample && scan.MayGoOn);

        var keysOnNode = await scan.CountAllAsync(cancellationToken);
        var scanned = Math.Min(scan.Scanned, keysOnNode);
        var factor = scan.IsComplete || scanned == 0 ? 1 : (double)keysOnNode / scanned;
        var total = Math.Max(1, sizes.Values.Sum(size => size.Bytes));
        var items = level.ToItems()
            .Select(item => (Item: item, Size: sizes[item.Path]))
            .OrderByDescending(item => item.Size.Bytes)
            .Take(MaximumItems)
            .Select(item => new KeyMemoryItemResponse(
                item.Item.Name, item.Item.Kind, item.Item.Path, (long)Math.Round(item.Size.Keys * factor), (long)Math.Round(item.Size.Bytes * factor), Math.Round((double)item.Size.Bytes / total, 4)));
        return new KeyMemoryResponse(node.Name, KeyNotation.Write(prefix), [.. items], measured, scanned, keysOnNode, scan.IsComplete);
    }
}
