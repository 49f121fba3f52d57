namespace RedisAspire.ApiService.Counters;

/// <summary>A counter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
internal sealed record CounterResponse(string Name, long Value);
