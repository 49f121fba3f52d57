namespace RedisAspire.ApiService.Keys;

/// <summary>What has become of a change, as the scripts answer it.</summary>
internal enum KeyEdit
{
    /// <summary>It is made; there was nothing before where a value was stored as a whole.</summary>
    Done,

    /// <summary>It is made, in the place of another value.</summary>
    Replaced,

    Missing,
    Exists,

    /// <summary>Something else has changed it in the meantime.</summary>
    Changed,

    OtherType,
}

/// <summary>Changes keys on the master, where each change is one step with its condition. Redis invalidates the keys in the near caches that have them.</summary>
internal sealed class KeyEditor(KeyNodes nodes, KeyInspector inspector, IOptions<KeyOptions> options)
{
    private const long NoExpiry = -1;

    private static readonly string Store = EmbeddedScript.Read("StoreKey.lua");
    private static readonly string Change = EmbeddedScript.Read("ChangeElement.lua");

    /// <summary>Stores a value of elements that <see cref="ElementInput"/> makes. Without a time to live that stays as it is.</summary>
    public Task<KeyEdit> StoreAsync(byte[] key, string type, IEnumerable<RedisValue> elements, TimeSpan? timeToLive, WriteCondition condition, CancellationToken cancellationToken) =>
        StoreAsync(key, type, elements, timeToLive is { } time ? (long)time.TotalMilliseconds : RedisValue.EmptyString, condition, cancellationToken);

    /// <summary>The same for a key that never expires, unless a time to live is given.</summary>
    public Task<KeyEdit> ImportAsync(byte[] key, string type, IEnumerable<RedisValue> elements, double? seconds, WriteCondition condition, CancellationToken cancellationToken) =>
        StoreAsync(key, type, elements, seconds is { } time ? Math.Max(1, (long)(time * 1000)) : NoExpiry, condition, cancellationToken);

    public Task<KeyEdit> ChangeElementAsync(
        byte[] key, ChangeElementRequest change, (RedisValue Name, RedisValue Value, List<RedisValue> Fields) element, WriteCondition condition, CancellationToken cancellationToken) =>
        EvaluateAsync(
            Change, [key], [change.Type, change.Action, .. Condition(condition), element.Name, element.Value, $"removed-{Guid.NewGuid():N}", .. element.Fields], cancellationToken);

    /// <summary>Gives a key another name that no key has.</summary>
    public async Task<KeyEdit> RenameAsync(byte[] key, byte[] to, CancellationToken cancellationToken)
    {
        try
        {
            return await nodes.Master.Database.KeyRenameAsync(key, to, When.NotExists).WaitAsync(options.Value.OperationTimeout, cancellationToken) ? KeyEdit.Done : KeyEdit.Exists;
        }
        catch (RedisServerException failure) when (failure.Message.Contains("no such key", StringComparison.Ordinal))
        {
            return KeyEdit.Missing;
        }
    }

    /// <summary>Copies a key, with its time to live, to a name that no key has.</summary>
    public async Task<KeyEdit> CopyAsync(byte[] key, byte[] to, CancellationToken cancellationToken)
    {
        var database = nodes.Master.Database;
        if (await database.KeyCopyAsync(key, to).WaitAsync(options.Value.OperationTimeout, cancellationToken))
            return KeyEdit.Done;
        return await database.KeyExistsAsync(key).WaitAsync(options.Value.OperationTimeout, cancellationToken) ? KeyEdit.Exists : KeyEdit.Missing;
    }

    /// <summary>Lets a key expire. The result is the key as it is now, if there is one.</summary>
    public Task<KeyResponse?> ExpireAsync(byte[] key, long seconds, CancellationToken cancellationToken) =>
        ChangeAsync(key, database => database.KeyExpireAsync(key, TimeSpan.FromSeconds(seconds)), cancellationToken);

    public Task<KeyResponse?> PersistAsync(byte[] key, CancellationToken cancellationToken) =>
        ChangeAsync(key, database => database.KeyPersistAsync(key), cancellationToken);

    public async Task<bool> DeleteAsync(byte[] key, CancellationToken cancellationToken) =>
        await nodes.Master.Database.KeyDeleteAsync(key).WaitAsync(options.Value.OperationTimeout, cancellationToken);

    private async Task<KeyResponse?> ChangeAsync(byte[] key, Func<IDatabase, Task<bool>> change, CancellationToken cancellationToken)
    {
        var database = nodes.Master.Database;
        await change(database).WaitAsync(options.Value.OperationTimeout, cancellationToken);
        return await inspector.InspectAsync(database, [key], cancellationToken) is [var changed] ? changed : null;
    }

    private Task<KeyEdit> StoreAsync(byte[] key, string type, IEnumerable<RedisValue> elements, RedisValue timeToLive, WriteCondition condition, CancellationToken cancellationToken) =>
        EvaluateAsync(Store, [key, $"app:keys:{Guid.NewGuid():N}"], [type, .. Condition(condition), timeToLive, .. elements], cancellationToken);

    private async Task<KeyEdit> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken) =>
        Enum.Parse<KeyEdit>((string)(await nodes.Master.Database.ScriptEvaluateAsync(script, keys, arguments).WaitAsync(options.Value.OperationTimeout, cancellationToken))!, ignoreCase: true);

    private static RedisValue[] Condition(WriteCondition condition) => condition switch
    {
        { MustBeNew: true } => ["new", ""],
        { AllowsAny: true } => ["any", ""],
        // A change is made to one value only: no other tag can match.
        _ => ["match", condition.Tags.FirstOrDefault()?.Tag.ToString().Trim('"') ?? ""],
    };
}
