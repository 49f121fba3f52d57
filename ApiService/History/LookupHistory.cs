namespace RedisAspire.ApiService.History;

/// <summary>The latest look-ups of all instances: a stream in Redis that is kept short.</summary>
internal sealed class LookupHistory(ApplicationStore store)
{
    private const string Stream = "app:history";
    // Redis trims entire blocks of entries, so that a few more than these remain.
    private const int Length = 1000;

    private static readonly string Add = EmbeddedScript.Read("AddLookups.lua");

    /// <summary>Adds look-ups, the oldest first: not more than a few hundred, because Redis runs nothing else meanwhile.</summary>
    public Task AddAsync(IReadOnlyCollection<Lookup> lookups, string instance, CancellationToken cancellationToken)
    {
        RedisValue[] arguments =
        [
            Length,
            instance,
            .. lookups.SelectMany(lookup => new RedisValue[]
            {
                lookup.Time.ToUnixTimeMilliseconds(), lookup.Key, lookup.Level, lookup.ElapsedMs.ToString(CultureInfo.InvariantCulture), lookup.Node ?? "",
            }),
        ];
        return store.WriteAsync(database => database.ScriptEvaluateAsync(Add, [Stream], arguments), cancellationToken);
    }

    /// <summary>Reads the latest look-ups, or those before an id.</summary>
    public async Task<HistoryPage> ReadAsync(int limit, string? before, CancellationToken cancellationToken)
    {
        var (entries, node) = await store.ReadAsync(
            database => database.StreamRangeAsync(Stream, maxId: before is null ? "+" : $"({before}", count: limit, messageOrder: Order.Descending),
            cancellationToken);
        return new HistoryPage(node, Array.ConvertAll(entries, Parse), entries.Length == limit ? entries[^1].Id.ToString() : null);
    }

    public Task ClearAsync(CancellationToken cancellationToken) =>
        store.WriteAsync(database => database.KeyDeleteAsync(Stream), cancellationToken);

    // Another client may have added the entry: fields that cannot be parsed get default values.
    private static HistoryEntryResponse Parse(StreamEntry entry)
    {
        return new HistoryEntryResponse(
            entry.Id.ToString(),
            DateTimeOffset.UnixEpoch.AddMilliseconds(long.TryParse(Field("time"), CultureInfo.InvariantCulture, out var time) && time is > 0 and < 253_402_300_800_000 ? time : 0),
            Field("key"),
            Field("level"),
            double.TryParse(Field("ms"), CultureInfo.InvariantCulture, out var elapsed) && double.IsFinite(elapsed) ? elapsed : 0,
            Field("node") is { Length: > 0 } node ? node : null,
            Field("instance"));

        string Field(string name) => entry[name].ToString();
    }
}

/// <summary>One look-up, as the history has it: without the value.</summary>
internal sealed record Lookup(DateTimeOffset Time, string Key, string Level, double ElapsedMs, string? Node);

/// <summary>
/// Writes look-ups into the history in batches and in the background, so that no look-up waits for it. Of more than a
/// thousand look-ups a second only the latest are written, since no more are kept. Look-ups that Redis does not take are
/// dropped.
/// </summary>
internal sealed partial class LookupRecorder(LookupHistory history, ServiceInstance instance, TimeProvider time, ILogger<LookupRecorder> logger) : BackgroundService
{
    private const int Batch = 250;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // A ring, which the callers fill without a lock.
    private readonly Lookup?[] _latest = new Lookup?[Batch];
    private readonly WakeUp _recorded = new();
    private int _last;

    public void Record(Lookup lookup)
    {
        Volatile.Write(ref _latest[(uint)Interlocked.Increment(ref _last) % Batch], lookup);
        _recorded.Set();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Lookup>(Batch);
        while (true)
        {
            await _recorded.WaitAsync(Pause, time, stoppingToken);
            _recorded.Reset();
            Take(batch);
            await BestEffort.TryAsync(() => history.AddAsync(batch, instance.Name, stoppingToken), failure => LogLost(batch.Count, failure), stoppingToken);
            batch.Clear();
        }
    }

    // The oldest is the one that the next look-up would replace.
    private void Take(List<Lookup> batch)
    {
        var last = (uint)Volatile.Read(ref _last);
        for (var i = 1u; i <= Batch; i++)
        {
            if (Interlocked.Exchange(ref _latest[(last + i) % Batch], value: null) is { } lookup)
                batch.Add(lookup);
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Count} look-ups could not be written to Redis. They are missing in the history.")]
    private partial void LogLost(int count, Exception failure);
}
