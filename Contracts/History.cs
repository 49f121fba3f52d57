namespace RedisAspire.Contracts;

/// <summary>The answer of <c>GET /api/history</c>.</summary>
/// <param name="Node">The Redis node that answered. A replica may be a moment behind.</param>
/// <param name="Items">Look-ups, the latest first.</param>
/// <param name="Next">The cursor of the look-ups before them; none when there are no more.</param>
public sealed record HistoryPage(string Node, IReadOnlyList<HistoryEntryResponse> Items, string? Next);

/// <summary>One look-up of <c>/data/{key}</c>.</summary>
/// <param name="Id">Its place in the history.</param>
/// <param name="Time">When it was answered.</param>
/// <param name="Key">The key.</param>
/// <param name="Level">The cache level that answered: <c>near</c>, <c>redis</c> or <c>source</c>.</param>
/// <param name="ElapsedMs">How long it took in the API, in milliseconds.</param>
/// <param name="Node">The Redis node that held the value, if one did.</param>
/// <param name="Instance">The instance of the API that answered.</param>
public sealed record HistoryEntryResponse(
    string Id,
    DateTimeOffset Time,
    string Key,
    string Level,
    double ElapsedMs,
    string? Node,
    string Instance);
