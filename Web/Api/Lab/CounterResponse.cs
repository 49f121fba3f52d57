namespace RedisAspire.Web.Api.Lab;

/// <summary>A counter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record CounterResponse(string Name, long Value);
