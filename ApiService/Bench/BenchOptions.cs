namespace RedisAspire.ApiService.Bench;

/// <summary>Limits of the bench (<c>Bench</c> in the configuration).</summary>
internal sealed class BenchOptions
{
    /// <summary>How long a run may take; what has been measured until then is its result. 30 seconds by default.</summary>
    public TimeSpan MaximumDuration { get; set; } = TimeSpan.FromSeconds(30);
}
