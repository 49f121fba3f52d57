using Microsoft.Extensions.Options;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Data;

/// <summary>Stands for a database whose queries are slow: knows every key, and takes its time.</summary>
internal sealed partial class SlowDatabase(IOptions<SlowDatabaseOptions> options, ChangedRows changed, TimeProvider time, ILogger<SlowDatabase> logger)
{
    private const int MaximumAttempts = 5;

    private static readonly Dictionary<string, string> Rows = new(StringComparer.Ordinal)
    {
        ["foo"] = "valeur_de_foo",
        ["bar"] = "valeur_de_bar",
    };

    /// <summary>Reads the value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>The value, and whether it is certain that nobody has changed it.</returns>
    public async ValueTask<(string Value, bool IsCertain)> QueryAsync(string key, CancellationToken cancellationToken)
    {
        await Task.Delay(options.Value.Latency, time, cancellationToken);
        var first = FirstOf(key);
        if (!changed.IsKept)
            return (first, true);
        try
        {
            return (await changed.FindAsync(key, cancellationToken) ?? first, true);
        }
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, cancellationToken))
        {
            LogNotFound(failure);
            return (first, false);
        }
    }

    /// <summary>Changes the value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value from now on.</param>
    /// <param name="condition">What its value has to be until then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was changed, and another key whose value has changed with it, if any.</returns>
    /// <exception cref="RedisUnavailableException">Changes cannot be kept now.</exception>
    public async Task<RowChange> ChangeAsync(string key, string value, ValueCondition condition, CancellationToken cancellationToken)
    {
        if (condition.IsAlwaysMet)
            return await changed.ChangeAsync(key, value, time.GetUtcNow(), cancellationToken);

        // Others change it in between; but not for ever.
        for (var attempt = 1; attempt <= MaximumAttempts; attempt++)
        {
            var before = await changed.FindAsync(key, cancellationToken);
            if (!condition.Allows(before ?? FirstOf(key)))
                break;
            if (await changed.ChangeIfAsync(key, before, value, time.GetUtcNow(), cancellationToken) is { IsDone: true } change)
                return change;
        }

        return new RowChange(IsDone: false, Displaced: null);
    }

    private static string FirstOf(string key) => Rows.GetValueOrDefault(key) ?? $"data_pour_{key}";

    [LoggerMessage(LogLevel.Debug, "Whether the row was changed cannot be known now: its first value is served.")]
    private partial void LogNotFound(Exception failure);
}
