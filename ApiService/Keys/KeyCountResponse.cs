namespace RedisAspire.ApiService.Keys;

/// <summary>The answer of <c>GET /api/keys/count</c>, as far as one request scans. The counts of all answers up to the last one are to be added.</summary>
/// <param name="Node">The node that was looked at.</param>
/// <param name="Keys">How many keys were found.</param>
/// <param name="Spared">How many of them deleting by the same pattern leaves alone, because they are the application's own.</param>
/// <param name="Scanned">About how many keys of the node this answer has looked at.</param>
/// <param name="KeysOnNode">How many there are.</param>
/// <param name="Complete">Whether this is the last answer.</param>
/// <param name="Next">The cursor to go on with; none when it is.</param>
internal sealed record KeyCountResponse(string Node, long Keys, long Spared, long Scanned, long KeysOnNode, bool Complete, string? Next);
