namespace RedisAspire.ApiService.Data;

/// <summary>Settings of the simulated database (<c>SlowDatabase</c> in the configuration).</summary>
internal sealed class SlowDatabaseOptions
{
    /// <summary>How long every query takes. Two seconds by default.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromSeconds(2);
}
