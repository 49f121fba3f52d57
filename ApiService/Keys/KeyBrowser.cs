using Microsoft.Extensions.Options;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

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

/// <summary>Counts the keys of one level of the tree.</summary>
/// <param name="prefix">What all keys begin with.</param>
/// <param name="separator">What ends the name of a level.</param>
internal sealed class KeyLevel(byte[] prefix, byte[] separator)
{
    private readonly Dictionary<string, KeyTreeItemResponse> _items = new(StringComparer.Ordinal);

    /// <summary>How many different names there are.</summary>
    public int Count => _items.Count;

    public void Add(byte[] key)
    {
        var rest = key.AsSpan(prefix.Length);
        var end = rest.IndexOf(separator);
        var isKey = end < 0;
        var path = KeyNotation.Write(isKey ? key : key.AsSpan(0, prefix.Length + end + separator.Length));
        _items[path] = _items.TryGetValue(path, out var item)
            ? item with { Keys = isKey ? 1 : item.Keys + 1 }
            : new KeyTreeItemResponse(KeyNotation.Write(isKey ? rest : rest[..end]), isKey ? "key" : "prefix", path, 1);
    }

    public KeyTreeItemResponse[] ToItems() => [.. _items.Values.OrderBy(item => item.Path, StringComparer.Ordinal)];
}

/// <summary>Finds out what keys are, without reading their values.</summary>
internal sealed class KeyInspector(IOptions<KeyOptions> options)
{
    private const int BatchSize = 50;

    // One command for a batch, because three for each key would keep the service and the node busy with sending them.
    // Some nodes do not tell the memory.
    private const string Look =
        """
        local looks = {}
        for i, key in ipairs(KEYS) do
          local memory = redis.pcall('MEMORY', 'USAGE', key, 'SAMPLES', 1)
          looks[i] = { redis.call('TYPE', key)['ok'], redis.call('PTTL', key), type(memory) == 'number' and memory or -1 }
        end
        return looks
        """;

    /// <summary>Looks at keys, all in one round trip. Those that have gone meanwhile are left out.</summary>
    public async Task<KeyResponse[]> InspectAsync(IDatabase database, IEnumerable<byte[]> keys, CancellationToken cancellationToken)
    {
        var batches = keys.Chunk(BatchSize).Select(batch => LookAsync(database, batch)).ToArray();
        var found = await Task.WhenAll(batches).WaitAsync(options.Value.OperationTimeout, cancellationToken);
        return [.. found.SelectMany(batch => batch).Where(key => key.Type != "none")];
    }

    /// <summary>The time to live, in seconds, as <c>PTTL</c> says it.</summary>
    public static double? Seconds(RedisResult timeToLive) => NotNegative(timeToLive) is { } milliseconds ? Math.Round(milliseconds / 1000d, 3) : null;

    private static async Task<KeyResponse[]> LookAsync(IDatabase database, byte[][] keys)
    {
        var looks = (RedisResult[])(await database.ScriptEvaluateAsync(Look, Array.ConvertAll(keys, key => (RedisKey)key)))!;
        return [.. keys.Zip(looks.Select(look => (RedisResult[])look!), (key, look) =>
            new KeyResponse(KeyNotation.Write(key), (string)look[0]!, Seconds(look[1]), NotNegative(look[2])))];
    }

    private static long? NotNegative(RedisResult number) => (long)number is >= 0 and var value ? value : null;
}
