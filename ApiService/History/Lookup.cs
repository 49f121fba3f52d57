namespace RedisAspire.ApiService.History;

/// <summary>One look-up, as it goes into the history: without the value.</summary>
/// <param name="Time">When it was answered.</param>
/// <param name="Key">The key.</param>
/// <param name="Level">The cache level that answered.</param>
/// <param name="ElapsedMs">How long it took, in milliseconds.</param>
/// <param name="Node">The Redis node that held the value, if one did.</param>
internal sealed record Lookup(DateTimeOffset Time, string Key, string Level, double ElapsedMs, string? Node);
