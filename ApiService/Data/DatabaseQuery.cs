namespace RedisAspire.ApiService.Data;

/// <summary>One query of the simulated database, made by the cache when it has no value.</summary>
internal sealed class DatabaseQuery(SlowDatabase database, string key)
{
    /// <summary>Whether the database has answered with a value that may be outdated: it must not stay in the cache.</summary>
    public bool IsUncertain { get; private set; }

    public async ValueTask<string> RunAsync(CancellationToken cancellationToken)
    {
        var (value, isCertain) = await database.QueryAsync(key, cancellationToken);
        IsUncertain = !isCertain;
        return value;
    }
}
