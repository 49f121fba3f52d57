namespace RedisAspire.Contracts;

/// <summary>The answer of <c>GET /api/counters</c>.</summary>
/// <param name="Node">The Redis node that answered. A replica may be a moment behind.</param>
/// <param name="Items">The counters by name.</param>
public sealed record CountersResponse(string Node, IReadOnlyList<CounterResponse> Items);

/// <summary>A counter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record CounterResponse(string Name, long Value);

/// <summary>The answer of <c>GET /api/requests</c>.</summary>
/// <param name="Node">The Redis node that answered. A replica may be a moment behind.</param>
/// <param name="Items">The minutes, the present one first.</param>
public sealed record RequestSeriesResponse(string Node, IReadOnlyList<RequestMinute> Items);

/// <summary>The requests of one minute, to all instances together.</summary>
/// <param name="Minute">When it began.</param>
/// <param name="Data">Requests of <c>/data</c>.</param>
/// <param name="Api">Requests of <c>/api</c>.</param>
public sealed record RequestMinute(DateTimeOffset Minute, long Data, long Api);
