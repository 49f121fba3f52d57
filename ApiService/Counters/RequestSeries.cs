namespace RedisAspire.ApiService.Counters;

/// <summary>
/// A small time series: how many requests there were in each minute, as numbers at <c>app:requests:{kind}:{minute}</c>
/// that expire. A request costs one addition in this process; the sums are sent to Redis every second.
/// </summary>
internal sealed class RequestSeries(ApplicationStore store, TimeProvider time)
{
    public const int MaximumMinutes = 120;

    private const string Data = "data";
    private const string Api = "api";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(MaximumMinutes + 1);

    private long _data;
    private long _api;

    public WakeUp Added { get; } = new();

    private long Minute => time.GetUtcNow().ToUnixTimeSeconds() / 60;

    public void Add(PathString path)
    {
        if (path.StartsWithSegments("/data", StringComparison.OrdinalIgnoreCase))
            Interlocked.Increment(ref _data);
        else if (path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
            Interlocked.Increment(ref _api);
        else
            return;
        Added.Set();
    }

    /// <summary>Sends the counts since the last call. They are lost when Redis is not available.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        Added.Reset();
        var minute = Minute;
        await SendAsync(KeyOf(Data, minute), Interlocked.Exchange(ref _data, 0), cancellationToken);
        await SendAsync(KeyOf(Api, minute), Interlocked.Exchange(ref _api, 0), cancellationToken);
    }

    /// <summary>Reads the last minutes, the present one first.</summary>
    public async Task<RequestSeriesResponse> GetAsync(int minutes, CancellationToken cancellationToken)
    {
        var last = Minute;
        RedisKey[] keys = [.. Enumerable.Range(0, minutes).SelectMany(i => new RedisKey[] { KeyOf(Data, last - i), KeyOf(Api, last - i) })];
        var (values, node) = await store.ReadAsync(database => database.StringGetAsync(keys), cancellationToken);
        var items = values.Chunk(2).Select((counts, i) => new RequestMinute(DateTimeOffset.FromUnixTimeSeconds((last - i) * 60), Number(counts[0]), Number(counts[1])));
        return new RequestSeriesResponse(node, [.. items]);
    }

    // A value of another client that is no number counts as 0.
    private static long Number(RedisValue value) =>
        long.TryParse((string?)value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static RedisKey KeyOf(string kind, long minute) => string.Create(CultureInfo.InvariantCulture, $"app:requests:{kind}:{minute}");

    private async Task SendAsync(RedisKey key, long count, CancellationToken cancellationToken)
    {
        if (count == 0)
            return;
        await store.WriteAsync(
            async database =>
            {
                var incrementing = database.StringIncrementAsync(key, count);
                await database.KeyExpireAsync(key, Lifetime);
                return await incrementing;
            },
            cancellationToken);
    }
}

/// <summary>Sends the numbers of requests to Redis, once a second while there are any.</summary>
internal sealed class RequestSeriesWriter(RequestSeries series, TimeProvider time, ILogger<RequestSeriesWriter> logger)
    : RedisWorker("Counting requests", logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override Task WaitAsync(CancellationToken cancellationToken) => series.Added.WaitAsync(Interval, time, cancellationToken);

    protected override Task WorkAsync(CancellationToken cancellationToken) => series.SendAsync(cancellationToken);
}
