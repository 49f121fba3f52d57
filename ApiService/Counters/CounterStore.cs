namespace RedisAspire.ApiService.Counters;

/// <summary>
/// Counters that many clients change at the same time, without a lock and without losing anything. They are fields of
/// one hash, so that they can be listed and their number be limited.
/// </summary>
internal sealed class CounterStore(ApplicationStore store)
{
    public const int MaximumCounters = 100;

    private static readonly RedisKey Key = "app:counters";

    private static readonly string Increment = EmbeddedScript.Read("Increment.lua");

    /// <summary>Reads all counters, by name. Fields that other clients have set to something else than a number are left out.</summary>
    public async Task<CountersResponse> GetAsync(CancellationToken cancellationToken)
    {
        var (fields, node) = await store.ReadAsync(database => database.HashGetAllAsync(Key), cancellationToken);
        var counters =
            from field in fields
            let value = long.TryParse((string?)field.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : (long?)null
            where value is not null
            select new CounterResponse(field.Name!, value.Value);
        return new CountersResponse(node, [.. counters.OrderBy(counter => counter.Name, StringComparer.Ordinal)]);
    }

    /// <summary>Adds to a counter, which begins at 0; <see langword="null"/> when there would be too many counters.</summary>
    public async Task<long?> IncrementAsync(string name, long by, CancellationToken cancellationToken)
    {
        var answer = await store.WriteAsync(database => database.ScriptEvaluateAsync(Increment, [Key], [name, by, MaximumCounters]), cancellationToken);
        return answer.IsNull ? null : (long)answer;
    }

    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) =>
        store.WriteAsync(database => database.HashDeleteAsync(Key, name), cancellationToken);
}
