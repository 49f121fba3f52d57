using System.Globalization;
using RedisAspire.ApiService.Storage;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.History;

/// <summary>The latest look-ups of all instances: a stream in Redis that is kept short.</summary>
internal sealed class LookupHistory(ApplicationStore store)
{
    private const string Stream = "app:history";
    // Redis lets go of whole blocks of entries, so that a few more than these remain.
    private const int Length = 1000;

    /// <summary>Adds look-ups, the oldest first.</summary>
    /// <exception cref="RedisUnavailableException">No master is up.</exception>
    public Task AddAsync(IReadOnlyCollection<Lookup> lookups, string instance, CancellationToken cancellationToken) => store.WriteAsync(
        database => Task.WhenAll(lookups.Select(lookup => database.StreamAddAsync(
            Stream,
            [
                new("time", lookup.Time.ToUnixTimeMilliseconds()),
                new("key", lookup.Key),
                new("level", lookup.Level),
                new("ms", lookup.ElapsedMs.ToString(CultureInfo.InvariantCulture)),
                new("node", lookup.Node ?? ""),
                new("instance", instance),
            ],
            maxLength: Length,
            useApproximateMaxLength: true))),
        cancellationToken);

    /// <summary>Reads the latest look-ups.</summary>
    /// <param name="limit">The most to read.</param>
    /// <param name="before">The identifier of the look-up before which to begin; <see langword="null"/> for the latest.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RedisUnavailableException">No node is up.</exception>
    public async Task<ReadAnswer<HistoryEntryResponse[]>> ReadAsync(int limit, string? before, CancellationToken cancellationToken)
    {
        var answer = await store.ReadAsync(
            database => database.StreamRangeAsync(Stream, maxId: before is null ? "+" : $"({before}", count: limit, messageOrder: Order.Descending, flags: CommandFlags.PreferReplica),
            cancellationToken);
        return new ReadAnswer<HistoryEntryResponse[]>(Array.ConvertAll(answer.Value, Parse), answer.Node);
    }

    /// <summary>Forgets all look-ups.</summary>
    /// <exception cref="RedisUnavailableException">No master is up.</exception>
    public Task ClearAsync(CancellationToken cancellationToken) =>
        store.WriteAsync(database => database.KeyDeleteAsync(Stream), cancellationToken);

    // Whatever somebody else has added: what is not understood is shown as nothing.
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
