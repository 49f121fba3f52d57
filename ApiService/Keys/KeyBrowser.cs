using Microsoft.Extensions.Options;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Keys;

/// <summary>Looks through the keys of a node, as far as one request may. The application's own are there for those only who may see them.</summary>
internal sealed class KeyBrowser(KeyInspector inspector, ReservedKeys reserved, IOptions<KeyOptions> options, TimeProvider time)
{
    // So many more are looked at together at least, however few are missing.
    private const int MinimumTreeCount = 50;

    /// <summary>The next page of keys.</summary>
    public async Task<KeyPageResponse> ListAsync(KeyNode node, KeyPattern pattern, string? type, string? position, int limit, bool showsOwn, CancellationToken cancellationToken)
    {
        var scan = new KeyScan(node.Database, pattern, type, position, options, time);
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        do
        {
            // As many as will give the missing ones, going by those so far: a page cannot be cut without losing keys.
            var count = (limit - found.Count) * (scan.Scanned + 1) / (found.Count + 1);
            foreach (var key in await NextAsync(scan, (int)Math.Min(count, KeyScan.MaximumCount), showsOwn, cancellationToken))
                found[KeyNotation.Write(key)] = key;
        }
        while (found.Count < limit && scan.MayGoOn);

        return new KeyPageResponse(node.Name, await inspector.InspectAsync(node.Database, found.Values, cancellationToken), Next(node, scan));
    }

    /// <summary>One level of the tree of keys.</summary>
    public async Task<KeyTreeResponse> GetTreeAsync(KeyNode node, byte[] prefix, byte[] separator, string? position, int limit, bool showsOwn, CancellationToken cancellationToken)
    {
        var scan = new KeyScan(node.Database, KeyPattern.StartingWith(prefix), type: null, position, options, time);
        var level = new KeyLevel(prefix, separator);
        do
        {
            foreach (var key in await NextAsync(scan, Math.Max(limit - level.Count, MinimumTreeCount), showsOwn, cancellationToken))
                level.Add(key);
        }
        while (level.Count < limit && scan.MayGoOn);

        var keys = await CountAllAsync(node, cancellationToken);
        return new KeyTreeResponse(
            node.Name, KeyNotation.Write(prefix), level.ToItems(), Math.Min(scan.Scanned, keys), keys, scan.IsComplete, Next(node, scan));
    }

    /// <summary>How many keys match, and how many of them would not be deleted.</summary>
    public async Task<KeyCountResponse> CountAsync(KeyNode node, KeyPattern pattern, string? type, string? position, bool showsOwn, CancellationToken cancellationToken)
    {
        var scan = new KeyScan(node.Database, pattern, type, position, options, time);
        var (count, spared) = (0L, 0L);
        do
        {
            foreach (var key in await NextAsync(scan, KeyScan.MaximumCount, showsOwn, cancellationToken))
            {
                count++;
                if (reserved.Spares(key, pattern))
                    spared++;
            }
        }
        while (scan.MayGoOn);

        var keys = await CountAllAsync(node, cancellationToken);
        return new KeyCountResponse(node.Name, count, spared, Math.Min(scan.Scanned, keys), keys, scan.IsComplete, Next(node, scan));
    }

    private async Task<IEnumerable<byte[]>> NextAsync(KeyScan scan, int count, bool showsOwn, CancellationToken cancellationToken)
    {
        var keys = await scan.NextAsync(count, cancellationToken);
        return showsOwn ? keys : keys.Where(key => !reserved.IsOwn(key));
    }

    private static string? Next(KeyNode node, KeyScan scan) => scan.IsComplete ? null : new KeyCursor(node.Name, scan.Position).ToString();

    private async Task<long> CountAllAsync(KeyNode node, CancellationToken cancellationToken) =>
        await node.Database.Server().DatabaseSizeAsync(node.Database.Database).WaitAsync(options.Value.OperationTimeout, cancellationToken);
}
