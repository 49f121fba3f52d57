namespace RedisAspire.Caching.Entries;

/// <summary>What is to be found, and how.</summary>
/// <param name="Key">The key.</param>
/// <param name="State">Passed to <paramref name="Factory"/>.</param>
/// <param name="Factory">The source.</param>
/// <param name="Policy">How the entry is cached.</param>
/// <param name="Tags">The entry's tags.</param>
internal sealed record FillJob<TState, T>(
    string Key, TState State, Func<TState, CancellationToken, ValueTask<T>> Factory, EntryPolicy Policy, string[]? Tags);
