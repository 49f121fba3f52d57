using System.Text;
using System.Text.Unicode;

namespace RedisAspire.ApiService.Keys;

/// <summary>Reads all keys of a pattern with their values: all of them, or none when they are too many or too large.</summary>
internal sealed class KeyExporter(KeyInspector inspector, ReservedKeys reserved, IOptions<KeyOptions> options, TimeProvider time)
{
    public const int MaximumKeys = 1000;

    public const int MaximumBytes = 4 * 1024 * 1024;

    private const int AtOnce = 50;

    /// <summary>The keys; or why they are not exported.</summary>
    public async Task<(KeyExport? Export, string? Refusal)> ExportAsync(KeyNode node, KeyPattern pattern, string? type, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var skipped = new SortedSet<string>(StringComparer.Ordinal);
        var scan = new KeyScan(node.Database, pattern, type, position: null, options, time);
        while (!scan.IsComplete)
        {
            foreach (var key in await scan.NextAsync(KeyScan.MaximumCount, cancellationToken))
            {
                if (!reserved.IsOwn(key))
                    found[KeyNotation.Write(key)] = key;
                else if (skipped.Count < MaximumKeys && !reserved.IsSecret(key))
                    skipped.Add(KeyNotation.Write(key));
            }

            if (found.Count > MaximumKeys)
                return (null, $"More than {MaximumKeys} keys match. An export has at most that many: choose a narrower pattern.");
        }

        var keys = await inspector.InspectAsync(node.Database, found.Values, cancellationToken);
        if (keys.Sum(key => key.MemoryBytes ?? 0) > MaximumBytes)
            return (null, $"The keys that match take more than {MaximumBytes / 1024 / 1024} MB. Choose a narrower pattern.");

        var exported = new List<ExportedKey>(keys.Length);
        foreach (var batch in keys.Chunk(AtOnce))
        {
            var values = await Task.WhenAll(batch.Select(key => ReadAsync(node.Database, key, found[key.Key]))).WaitAsync(options.Value.OperationTimeout, cancellationToken);
            foreach (var (key, items) in batch.Zip(values))
            {
                if (items is null)
                    skipped.Add(key.Key);
                // A key without elements has expired meanwhile.
                else if (items.Length > 0)
                    exported.Add(new ExportedKey(key.Key, key.Type, items, key.TtlSeconds));
            }
        }

        return (new KeyExport([.. exported.OrderBy(key => key.Key, StringComparer.Ordinal)], skipped.Count == 0 ? null : [.. skipped]), null);
    }

    private static async Task<KeyElement[]?> ReadAsync(IDatabase database, KeyResponse key, RedisKey name)
    {
        try
        {
            return key.Type switch
            {
                "string" => await database.StringGetAsync(name) is { IsNull: false } value ? [new KeyElement(Value: Content(value))] : [],
                "list" => Array.ConvertAll(await database.ListRangeAsync(name), item => new KeyElement(Value: Content(item))),
                "set" => Array.ConvertAll(await database.SetMembersAsync(name), member => new KeyElement(Value: Content(member))),
                "zset" => Array.ConvertAll(
                    await database.SortedSetRangeByRankWithScoresAsync(name), entry => new KeyElement(Value: Content(entry.Element), Score: ValueElements.ScoreOf(entry.Score))),
                "hash" => Array.ConvertAll(await database.HashGetAllAsync(name), entry => Field(entry.Name, entry.Value)),
                "stream" => Array.ConvertAll(
                    await database.StreamRangeAsync(name), entry => new KeyElement(Id: entry.Id, Fields: Array.ConvertAll(entry.Values, pair => Field(pair.Name, pair.Value)))),
                _ => null,
            };
        }
        catch (RedisServerException failure) when (RedisFailure.IsWrongType(failure))
        {
            // It has been replaced by a value of another type while the export was under way.
            return null;
        }
    }

    private static KeyElement Field(RedisValue name, RedisValue value) => new(Field: Content(name), Value: Content(value));

    private static KeyContent Content(RedisValue value)
    {
        var bytes = (byte[])value!;
        return Utf8.IsValid(bytes) ? new KeyContent(Text: Encoding.UTF8.GetString(bytes)) : new KeyContent(Hex: Convert.ToHexStringLower(bytes));
    }
}

/// <summary>Writes exported keys, each in one step.</summary>
internal sealed class KeyImporter(KeyNodes nodes, KeyEditor editor, ReservedKeys reserved, IOptions<KeyOptions> options)
{
    private const int AtOnce = 50;

    /// <summary>Reads an import, and finds everything that is wrong with it before anything is written.</summary>
    public ImportedKey[] Read(KeyInput input, KeyExport import)
    {
        if (import.Keys.Count is 0 or > KeyExporter.MaximumKeys)
            input.Errors["keys"] = [$"An import has 1 to {KeyExporter.MaximumKeys} keys."];
        var names = new HashSet<string>(StringComparer.Ordinal);
        var keys = new List<ImportedKey>(import.Keys.Count);
        for (var i = 0; i < import.Keys.Count && input.Errors.Count < 20; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"keys[{i}]");
            var entry = new KeyInput();
            if (import.Keys[i] is not { } given)
            {
                input.Errors[name] = ["A key is an object."];
                continue;
            }

            var key = entry.Name("key", given.Key);
            var type = entry.Type(given.Type)!;
            _ = entry.TimeToLive("ttlSeconds", given.TtlSeconds);
            if (!names.Add(given.Key))
                entry.Errors["key"] = ["It is there twice."];
            if (reserved.IsReserved(key))
                entry.Errors["key"] = [ReservedKeys.Refusal];
            var elements = entry.IsWrong ? [] : new ElementInput(entry, type).Value("items", given.Items);
            foreach (var (member, errors) in entry.Errors)
                input.Errors[$"{name}.{member}"] = errors;
            keys.Add(new ImportedKey(key, type, [.. elements], given.TtlSeconds));
        }

        return [.. keys];
    }

    public async Task<HashSet<string>> FindExistingAsync(IReadOnlyCollection<ImportedKey> keys, CancellationToken cancellationToken)
    {
        var database = nodes.Master.Database;
        var exist = await Task.WhenAll(keys.Select(key => database.KeyExistsAsync(key.Key))).WaitAsync(options.Value.OperationTimeout, cancellationToken);
        return [.. keys.Zip(exist).Where(key => key.Second).Select(key => KeyNotation.Write(key.First.Key))];
    }

    /// <summary>Writes keys. Those that there are already are left alone, unless they are to be overwritten.</summary>
    public async Task<ImportedKeysResponse> WriteAsync(IReadOnlyCollection<ImportedKey> keys, bool overwrite, CancellationToken cancellationToken)
    {
        var condition = overwrite ? new WriteCondition() : WriteCondition.IsNew;
        var existing = new List<string>();
        var created = 0L;
        foreach (var batch in keys.Chunk(AtOnce))
        {
            var outcomes = await Task.WhenAll(batch.Select(key => editor.ImportAsync(key.Key, key.Type, key.Elements, key.TtlSeconds, condition, cancellationToken)));
            created += outcomes.Count(outcome => outcome == KeyEdit.Done);
            existing.AddRange(batch.Zip(outcomes).Where(key => key.Second != KeyEdit.Done).Select(key => KeyNotation.Write(key.First.Key)));
        }

        return new ImportedKeysResponse(created, existing, overwrite ? keys.Count : created);
    }
}

/// <summary>A key that is to be imported, with the arguments that store its value.</summary>
internal sealed record ImportedKey(byte[] Key, string Type, RedisValue[] Elements, double? TtlSeconds);
