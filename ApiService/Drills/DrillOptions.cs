namespace RedisAspire.ApiService.Drills;

/// <summary>Where accidents can be ordered.</summary>
internal sealed class DrillOptions
{
    /// <summary>The address of who started the Redis nodes; without it there are no drills.</summary>
    public Uri? Address { get; set; }
}
