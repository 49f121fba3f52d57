namespace RedisAspire.ApiService.Keys;

/// <summary>Reads the value of a key, a bounded part at a time.</summary>
internal sealed class KeyValueReader(IdleTimes idleTimes, IOptions<KeyOptions> options)
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

    /// <summary>Describes a key and reads a part of its value, from where an earlier part ended; <see langword="null"/> when there is no key.</summary>
    /// <exception cref="FormatException">The position is of another type of value.</exception>
    public async Task<KeyDetailsResponse?> ReadAsync(KeyNode node, byte[] key, string? position, int limit, CancellationToken cancellationToken)
    {
        RedisKey name = key;
        // None of these commands resets the idle time of the key.
        // Raw commands are used, because the client's methods support neither types of modules nor a time to live beyond a TimeSpan.
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
        var idleSeconds = idleTimes.WithoutReads(node.Name, key, (long?)(await idle)?.TotalSeconds);
        long? length = null;
        var page = ValuePage.Empty;
        if (Lengths.TryGetValue(type, out var measure))
        {
            length = await measure(node.Database, name).WaitAsync(options.Value.OperationTimeout, cancellationToken);
            var elements = new ValueElements(node.Database, name, length.Value, bytes ?? 0);
            page = await elements.ReadAsync(type, position, limit).WaitAsync(options.Value.OperationTimeout, cancellationToken);
            idleTimes.Read(node.Name, key, idleSeconds);
        }

        return new KeyDetailsResponse(
            node.Name, KeyNotation.Write(key), type, await encoding, KeyInspector.Seconds(await timeToLive), bytes, idleSeconds,
            length, page.Items, page.Next is null ? null : new KeyCursor(node.Name, page.Next).ToString());
    }

    // Only some nodes answer these commands, and not for every key.
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

/// <summary>The elements of one value, read part by part with the command that its type has for that.</summary>
internal sealed class ValueElements(IDatabase database, RedisKey key, long length, long memory)
{
    private const int StringPartBytes = 64 * 1024;

    // Elements cannot be read in parts: a part of the value has fewer of them when they are large.
    private const int PartBytes = 1024 * 1024;

    private const long MaximumIndex = 1L << 53;

    // The names of infinity in Redis.
    private static readonly NumberFormatInfo ScoreFormat = new() { PositiveInfinitySymbol = "inf", NegativeInfinitySymbol = "-inf" };

    /// <summary>A score, as Redis writes it.</summary>
    public static string ScoreOf(double score) => score.ToString("g17", ScoreFormat);

    public Task<ValuePage> ReadAsync(string type, string? position, int limit)
    {
        var count = (int)Math.Clamp(PartBytes / Math.Max(1, memory / Math.Max(1, length)), 1, limit);
        return type switch
        {
            "string" => ReadStringAsync(Index(position)),
            "list" => ReadListAsync(Index(position), count),
            "zset" => ReadSortedSetAsync(Index(position), count),
            "set" => ScanAsync("SSCAN", Cursor(position), count, columns: 1, member => new ElementResponse(Value: ContentFormat.Of(member[0]), Tag: ElementTag.Of(member[0]))),
            "hash" => ScanAsync("HSCAN", Cursor(position), count, columns: 2, pair => Field(pair[0], pair[1]) with { Tag = ElementTag.Of(pair[1]) }),
            "stream" => ReadStreamAsync(Id(position), count),
            _ => Task.FromResult(ValuePage.Empty),
        };
    }

    private async Task<ValuePage> ReadStringAsync(long start)
    {
        var part = (byte[])(await database.StringGetRangeAsync(key, start, start + StringPartBytes - 1))!;
        var end = start + part.Length;
        if (end < length)
            end = start + ContentFormat.WholeCharacters(part);
        var content = ContentFormat.Of(part.AsSpan(0, (int)(end - start)), length);
        return new ValuePage([new ElementResponse(Index: start, Value: content, Tag: content.Truncated ? null : ElementTag.Of(part))], Next(end));
    }

    private async Task<ValuePage> ReadListAsync(long start, int count)
    {
        var values = await database.ListRangeAsync(key, start, start + count - 1);
        return new ValuePage(
            [.. values.Select((value, i) => new ElementResponse(Index: start + i, Value: ContentFormat.Of((byte[])value!), Tag: ElementTag.Of((byte[])value!)))], Next(start + count));
    }

    private async Task<ValuePage> ReadSortedSetAsync(long start, int count)
    {
        var entries = await database.SortedSetRangeByRankWithScoresAsync(key, start, start + count - 1);
        return new ValuePage([.. entries.Select((entry, i) => Element(start + i, entry.Element, ScoreOf(entry.Score)))], Next(start + count));

        static ElementResponse Element(long index, RedisValue member, string score) => new(Index: index, Value: ContentFormat.Of((byte[])member!), Score: score, Tag: score);
    }

    private async Task<ValuePage> ReadStreamAsync(string start, int count)
    {
        var entries = await database.StreamRangeAsync(key, minId: start, count: count);
        var items = Array.ConvertAll(
            entries, entry => new ElementResponse(Id: entry.Id, Fields: Array.ConvertAll(entry.Values, pair => Field((byte[])pair.Name!, (byte[])pair.Value!))));
        return new ValuePage(items, items.Length == count && items[^1].Id is { } last && StreamId.HasAfter(last) ? last : null);
    }

    // The scans of StackExchange.Redis do not expose the cursor for the next request.
    private async Task<ValuePage> ScanAsync(string command, string cursor, int count, int columns, Func<byte[][], ElementResponse> toElement)
    {
        var page = (RedisResult[])(await database.ExecuteAsync(command, key, cursor, "COUNT", count))!;
        var next = (string)page[0]!;
        return new ValuePage([.. ((byte[][])page[1]!).Chunk(columns).Select(toElement)], next == "0" ? null : next);
    }

    private static ElementResponse Field(byte[] name, byte[] value) => new(Field: ContentFormat.Of(name), Value: ContentFormat.Of(value));

    private string? Next(long index) => index < length ? index.ToString(CultureInfo.InvariantCulture) : null;

    private static long Index(string? position)
    {
        var index = long.Parse(position ?? "0", NumberStyles.None, CultureInfo.InvariantCulture);
        return index <= MaximumIndex ? index : throw new FormatException("The position is too far.");
    }

    private static string Cursor(string? position) =>
        ulong.TryParse(position ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out _) ? position ?? "0" : throw new FormatException("The position is none of a scan.");

    // The id of the last entry: the next ones come after it.
    private static string Id(string? position)
    {
        if (position is null)
            return "-";
        return StreamId.HasAfter(position) ? $"({position}" : throw new FormatException("The position is no id.");
    }
}

/// <summary>Some elements of a value, and the position of the next ones if there are more.</summary>
internal sealed record ValuePage(ElementResponse[] Items, string? Next)
{
    public static ValuePage Empty { get; } = new([], null);
}
