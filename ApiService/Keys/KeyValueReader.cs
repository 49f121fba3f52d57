using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Keys;

/// <summary>Reads what is stored under a key, a bounded part at a time.</summary>
internal sealed class KeyValueReader(IOptions<KeyOptions> options)
{
    private const int MemorySamples = 5;

    private static readonly Dictionary<string, Func<IDatabase, RedisKey, Task<long>>> Lengths = new(StringComparer.Ordinal)
    {
        ["string"] = (database, key) => database.StringLengthAsync(key),
        ["list"] = (database, key) => database.ListLengthAsync(key),
        ["set"] = (database, key) => database.SetLengthAsync(key),
        ["zset"] = (database, key) => database.SortedSetLengthAsync(key),
        ["hash"] = (database, key) => database.HashLengthAsync(key),
        ["stream"] = (database, key) => database.StreamLengthAsync(key),
    };

    /// <summary>Describes a key and reads a part of its value.</summary>
    /// <param name="node">The node.</param>
    /// <param name="key">The key.</param>
    /// <param name="position">Where an earlier part ended.</param>
    /// <param name="limit">The most elements.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns><see langword="null"/> when there is no such key.</returns>
    /// <exception cref="FormatException">The position is of another type of value.</exception>
    public async Task<KeyDetailsResponse?> ReadAsync(KeyNode node, byte[] key, string? position, int limit, CancellationToken cancellationToken)
    {
        RedisKey name = key;
        // Nothing here counts as a use of the key, so that the idle time is that before this request.
        // The client knows no types of modules, and no time to live that is longer than a TimeSpan.
        var asking = node.Database.ExecuteAsync("TYPE", name);
        var timeToLive = node.Database.ExecuteAsync("PTTL", name);
        var memory = TryAsync(node.Database.ExecuteAsync("MEMORY", "USAGE", name, "SAMPLES", MemorySamples));
        var encoding = TryAsync(node.Database.KeyEncodingAsync(name));
        var idle = TryAsync(node.Database.KeyIdleTimeAsync(name));
        await Task.WhenAll((Task)asking, timeToLive, memory, encoding, idle).WaitAsync(options.Value.OperationTimeout, cancellationToken);

        var type = (string)(await asking)!;
        if (type == "none")
            return null;

        var bytes = (long?)await memory;
        long? length = null;
        var page = ValuePage.Empty;
        if (Lengths.TryGetValue(type, out var measure))
        {
            length = await measure(node.Database, name).WaitAsync(options.Value.OperationTimeout, cancellationToken);
            var elements = new ValueElements(node.Database, name, length.Value, bytes ?? 0);
            page = await elements.ReadAsync(type, position, limit).WaitAsync(options.Value.OperationTimeout, cancellationToken);
        }

        return new KeyDetailsResponse(
            node.Name, KeyNotation.Write(key), type, await encoding, KeyInspector.Seconds(await timeToLive), bytes, (long?)(await idle)?.TotalSeconds,
            length, page.Items, page.Next is null ? null : new KeyCursor(node.Name, page.Next).ToString());
    }

    // What only some nodes tell, and not of every key.
    private static async Task<T?> TryAsync<T>(Task<T> asking)
    {
        try
        {
            return await asking;
        }
        catch (RedisServerException)
        {
            return default;
        }
    }
}
