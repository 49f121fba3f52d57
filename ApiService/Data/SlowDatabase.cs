using RedisAspire.Caching;

namespace RedisAspire.ApiService.Data;

/// <summary>Simulates a database whose queries are slow. It has a value for every key.</summary>
internal sealed partial class SlowDatabase(IOptions<SlowDatabaseOptions> options, ChangedRows changed, TimeProvider time, ILogger<SlowDatabase> logger)
{
    private const int MaximumAttempts = 5;

    private static readonly Dictionary<string, string> Rows = new(StringComparer.Ordinal)
    {
        ["foo"] = "valeur_de_foo",
        ["bar"] = "valeur_de_bar",
    };

    /// <summary>The value of a key, and whether it is certainly the latest one.</summary>
    public async ValueTask<(string Value, bool IsCertain)> QueryAsync(string key, CancellationToken cancellationToken)
    {
        await Task.Delay(options.Value.Latency, time, cancellationToken);
        var first = FirstOf(key);
        return changed.IsKept
            ? await BestEffort.TryAsync(async () => (await changed.FindAsync(key, cancellationToken) ?? first, true), (first, false), LogChangeUnknown, cancellationToken)
            : (first, true);
    }

    public async Task<RowChange> ChangeAsync(string key, string value, WriteCondition condition, CancellationToken cancellationToken)
    {
        if (condition.AllowsAny)
            return await changed.ChangeAsync(key, value, time.GetUtcNow(), ["any"], cancellationToken);

        // Another client may change the row in between, so a few attempts are made.
        for (var attempt = 1; attempt <= MaximumAttempts; attempt++)
        {
            var before = await changed.FindAsync(key, cancellationToken);
            if (!condition.Allows(before ?? FirstOf(key)))
                break;
            if (await changed.ChangeAsync(key, value, time.GetUtcNow(), before is null ? ["first"] : ["changed", before], cancellationToken) is { IsDone: true } change)
                return change;
        }

        return new RowChange(IsDone: false, Displaced: null);
    }

    private static string FirstOf(string key) => Rows.GetValueOrDefault(key) ?? $"data_pour_{key}";

    [LoggerMessage(LogLevel.Debug, "The change of the row could not be read from Redis. Its first value is returned and not cached.")]
    private partial void LogChangeUnknown(Exception failure);
}

/// <summary>Settings of the simulated database (<c>SlowDatabase</c> in the configuration).</summary>
internal sealed class SlowDatabaseOptions
{
    /// <summary>How long every query takes. Two seconds by default.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>
/// The changed rows of the simulated database, stored in Redis so that every instance sees them. They are the database and
/// not the cache: they do not expire, and the cache does not remove them. When there are too many, the row whose change
/// is the oldest gets its first value again.
/// </summary>
internal sealed class ChangedRows(RedisMaster master, RedisTopology topology, IOptions<ReplicatedCacheOptions> options)
{
    public const int Maximum = 1000;

    private const string Rows = "app:database:rows";
    private const string Order = "app:database:order";

    private static readonly string Change = EmbeddedScript.Read("ChangeRow.lua");

    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(2);

    // A caller that reads a row has just waited as long for the cache.
    private readonly TimeSpan _readTimeout = options.Value.OperationTimeout;

    /// <summary>Whether changes are kept: only with Redis.</summary>
    public bool IsKept => topology.Snapshot.Nodes.Count > 0;

    /// <summary>The changed value of a row; <see langword="null"/> when it has its first one.</summary>
    public async Task<string?> FindAsync(string key, CancellationToken cancellationToken) =>
        await master.ExecuteAsync(database => database.HashGetAsync(Rows, key), _readTimeout, cancellationToken);

    /// <summary>Changes a row on a condition of <c>ChangeRow.lua</c>: <c>any</c>, <c>first</c> if it still has its first value, or <c>changed</c> and its changed value.</summary>
    public async Task<RowChange> ChangeAsync(string key, string value, DateTimeOffset at, RedisValue[] condition, CancellationToken cancellationToken)
    {
        var answer = (RedisResult[])(await master.ExecuteAsync(
            database => database.ScriptEvaluateAsync(Change, [Rows, Order], [key, value, at.ToUnixTimeMilliseconds(), Maximum, .. condition]), WriteTimeout, cancellationToken))!;
        return new RowChange((long)answer[0] == 1, answer is [_, var oldest] ? (string?)oldest : null);
    }
}

/// <summary>Whether a row met the condition and was changed, and the row that was reset to its first value to make room, if any.</summary>
internal readonly record struct RowChange(bool IsDone, string? Displaced);
