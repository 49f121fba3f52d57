namespace RedisAspire.Contracts;

/// <summary>The answer of <c>GET /data/{key}</c>.</summary>
/// <param name="Key">The key that was asked for.</param>
/// <param name="Data">Its value.</param>
/// <param name="Source"><c>cache</c> or <c>database</c>.</param>
/// <param name="Level">The cache level that answered: <c>near</c>, <c>redis</c> or <c>source</c>.</param>
/// <param name="Node">The Redis node that held the value, if one did.</param>
/// <param name="ElapsedMs">How long the look-up took in the API, in milliseconds.</param>
/// <param name="TtlSeconds">How long the value remains cached, in seconds; none when it never expires or could not be cached.</param>
/// <param name="Timestamp">When the answer was made.</param>
public sealed record DataResponse(
    string Key,
    string Data,
    string Source,
    string Level,
    string? Node,
    double ElapsedMs,
    double? TtlSeconds,
    DateTimeOffset Timestamp) : TracedResponse;

/// <summary>The body of <c>PUT /data/{key}</c>.</summary>
/// <param name="Value">The new value in the database.</param>
public sealed record DataRequest(string Value);

/// <summary>The answer to a removal that Redis has not made yet, or that was asked to say what the cache did.</summary>
/// <param name="Key">The key.</param>
/// <param name="Outstanding">What remains to be done; nothing when Redis has made the removal.</param>
public sealed record RemovalResponse(string Key, string? Outstanding) : TracedResponse;
