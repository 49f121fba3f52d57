namespace RedisAspire.ApiService.Nodes;

/// <summary>The memory of a node.</summary>
/// <param name="UsedBytes">The memory it uses.</param>
/// <param name="PeakBytes">The most it ever used.</param>
/// <param name="MaximumBytes">The most it may use for data; 0 for no limit.</param>
/// <param name="Fragmentation">How much memory the system gave for each byte in use: far above 1 is fragmentation, below 1 is swapping.</param>
internal sealed record NodeMemory(long? UsedBytes, long? PeakBytes, long? MaximumBytes, double? Fragmentation);
