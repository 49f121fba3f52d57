using Microsoft.Extensions.Options;

namespace RedisAspire.ApiService.Data;

/// <summary>Stands for a database whose queries are slow: knows every key, and takes its time.</summary>
internal sealed class SlowDatabase(IOptions<SlowDatabaseOptions> options, TimeProvider time)
{
    private static readonly Dictionary<string, string> Rows = new(StringComparer.Ordinal)
    {
        ["foo"] = "valeur_de_foo",
        ["bar"] = "valeur_de_bar",
    };

    /// <summary>Reads the value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async ValueTask<string> QueryAsync(string key, CancellationToken cancellationToken)
    {
        await Task.Delay(options.Value.Latency, time, cancellationToken);
        return Rows.GetValueOrDefault(key) ?? $"data_pour_{key}";
    }
}
