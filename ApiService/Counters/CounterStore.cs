using System.Globalization;
using RedisAspire.ApiService.Storage;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Counters;

/// <summary>
/// Counters that everybody may change at the same time, without a lock and without losing anything. They are fields of
/// one hash, so that they can be listed and their number be limited.
/// </summary>
internal sealed class CounterStore(ApplicationStore store)
{
    /// <summary>How many counters there may be.</summary>
    public const int MaximumCounters = 100;

    private static readonly RedisKey Key = "app:counters";

    private const string Increment =
        """
        if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return false end
        return redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])
        """;

    /// <summary>Reads all counters, by name. What somebody else has put among them, and is no number, is left out.</summary>
    public async Task<ReadAnswer<CounterResponse[]>> GetAsync(CancellationToken cancellationToken)
    {
        var answer = await store.ReadAsync(database => database.HashGetAllAsync(Key, CommandFlags.PreferReplica), cancellationToken);
        var counters =
            from field in answer.Value
            let value = long.TryParse((string?)field.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : (long?)null
            where value is not null
            select new CounterResponse(field.Name!, value.Value);
        return new ReadAnswer<CounterResponse[]>([.. counters.OrderBy(counter => counter.Name, StringComparer.Ordinal)], answer.Node);
    }

    /// <summary>Adds to a counter, which begins at 0.</summary>
    /// <returns>Its value afterwards; <see langword="null"/> when there would be too many counters.</returns>
    public async Task<long?> IncrementAsync(string name, long by, CancellationToken cancellationToken)
    {
        var answer = await store.WriteAsync(database => database.ScriptEvaluateAsync(Increment, [Key], [name, by, MaximumCounters]), cancellationToken);
        return answer.IsNull ? null : (long)answer;
    }

    /// <summary>Removes a counter.</summary>
    /// <returns>Whether there was one.</returns>
    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) =>
        store.WriteAsync(database => database.HashDeleteAsync(Key, name), cancellationToken);
}
