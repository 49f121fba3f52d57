namespace RedisAspire.ApiService.Keys;

/// <summary>Lists, groups and counts the keys of a node, as far as one request may scan. The application's own keys are included only for clients with the admin key.</summary>
internal sealed class KeyBrowser(KeyInspector inspector, ReservedKeys reserved, IOptions<KeyOptions> options, TimeProvider time)
{
    // A step of the scan examines at least so many keys, however few are missing.
    private const int MinimumTreeCount = 50;

    public async Task<KeyPageResponse> ListAsync(KeyNode node, KeyPattern pattern, string? type, string? position, int limit, bool showsOwn, CancellationToken cancellationToken)
    {
        var scan = new KeyScan(node.Database, pattern, type, position, options, time);
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        do
        {
            // The count is estimated from the keys found so far: a page cannot be cut without losing keys.
            var count = (limit - found.Count) * (scan.Scanned + 1) / (found.Count + 1);
            foreach (var key in await NextAsync(scan, (int)Math.Min(count, KeyScan.MaximumCount), showsOwn, cancellationToken))
                found[KeyNotation.Write(key)] = key;
        }
        while (found.Count < limit && scan.MayGoOn);

        return new KeyPageResponse(node.Name, await inspector.InspectAsync(node.Database, found.Values, cancellationToken), Next(node, scan));
    }

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

        var keys = await scan.CountAllAsync(cancellationToken);
        return new KeyTreeResponse(
            node.Name, KeyNotation.Write(prefix), level.ToItems(), Math.Min(scan.Scanned, keys), keys, scan.IsComplete, Next(node, scan));
    }

    public async Task<KeyCountResponse> CountAsync(KeyNode node, KeyPattern pattern, string? type, string? position, bool showsOwn, CancellationToken cancellationToken)
    {
        var scan = new KeyScan(node.Database, pattern, type, position, options, time);
        var (count, spared) = (0L, 0L);
        do
        {
            var keys = (await NextAsync(scan, KeyScan.MaximumCount, showsOwn, cancellationToken)).ToArray();
            count += keys.Length;
            spared += keys.Count(key => reserved.Spares(key, pattern));
        }
        while (scan.MayGoOn);

        var total = await scan.CountAllAsync(cancellationToken);
        return new KeyCountResponse(node.Name, count, spared, Math.Min(scan.Scanned, total), total, scan.IsComplete, Next(node, scan));
    }

    private async Task<IEnumerable<byte[]>> NextAsync(KeyScan scan, int count, bool showsOwn, CancellationToken cancellationToken)
    {
        var keys = await scan.NextAsync(count, cancellationToken);
        return showsOwn ? keys : keys.Where(key => !reserved.IsOwn(key));
    }

    private static string? Next(KeyNode node, KeyScan scan) => scan.IsComplete ? null : new KeyCursor(node.Name, scan.Position).ToString();
}

/// <summary>Counts the keys of one level of the tree.</summary>
internal sealed class KeyLevel(byte[] prefix, byte[] separator)
{
    private readonly Dictionary<string, KeyTreeItemResponse> _items = new(StringComparer.Ordinal);

    public int Count => _items.Count;

    /// <summary>Counts a key, and gives the path of the item that it belongs to.</summary>
    public string Add(byte[] key)
    {
        var rest = key.AsSpan(prefix.Length);
        var end = rest.IndexOf(separator);
        var isKey = end < 0;
        var path = KeyNotation.Write(isKey ? key : key.AsSpan(0, prefix.Length + end + separator.Length));
        _items[path] = _items.TryGetValue(path, out var item)
            ? item with { Keys = isKey ? 1 : item.Keys + 1 }
            : new KeyTreeItemResponse(KeyNotation.Write(isKey ? rest : rest[..end]), isKey ? "key" : "prefix", path, 1);
        return path;
    }

    public KeyTreeItemResponse[] ToItems() => [.. _items.Values.OrderBy(item => item.Path, StringComparer.Ordinal)];
}

/// <summary>Describes keys without reading their values.</summary>
internal sealed class KeyInspector(IOptions<KeyOptions> options)
{
    private const int BatchSize = 50;

    private static readonly string Inspect = EmbeddedScript.Read("InspectKeys.lua");

    /// <summary>Describes keys, all in one round trip. Keys that were removed meanwhile are left out.</summary>
    public async Task<KeyResponse[]> InspectAsync(IDatabase database, IEnumerable<byte[]> keys, CancellationToken cancellationToken)
    {
        var batches = keys.Chunk(BatchSize).Select(batch => InspectBatchAsync(database, batch)).ToArray();
        var found = await Task.WhenAll(batches).WaitAsync(options.Value.OperationTimeout, cancellationToken);
        return [.. found.SelectMany(batch => batch).Where(key => key.Type != "none")];
    }

    /// <summary>The time to live, in seconds, as <c>PTTL</c> says it.</summary>
    public static double? Seconds(RedisResult timeToLive) => NotNegative(timeToLive) is { } milliseconds ? Math.Round(milliseconds / 1000d, 3) : null;

    private static async Task<KeyResponse[]> InspectBatchAsync(IDatabase database, byte[][] keys)
    {
        var descriptions = (RedisResult[])(await database.ScriptEvaluateAsync(Inspect, Array.ConvertAll(keys, key => (RedisKey)key)))!;
        return [.. keys.Zip(descriptions.Select(description => (RedisResult[])description!), (key, description) =>
            new KeyResponse(KeyNotation.Write(key), (string)description[0]!, Seconds(description[1]), NotNegative(description[2])))];
    }

    private static long? NotNegative(RedisResult number) => (long)number is >= 0 and var value ? value : null;
}
