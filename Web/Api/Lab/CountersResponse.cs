namespace RedisAspire.Web.Api.Lab;

/// <summary>All counters.</summary>
/// <param name="Node">The Redis node that answered.</param>
/// <param name="Items">The counters by name.</param>
public sealed record CountersResponse(string Node, IReadOnlyList<CounterResponse> Items);
