namespace RedisAspire.ApiService.Keys;

/// <summary>The answer of <c>GET /api/keys/tree</c>: one level, as far as one request scans.</summary>
/// <param name="Node">The node that was looked at.</param>
/// <param name="Prefix">What all keys below begin with.</param>
/// <param name="Items">What is below, by name. The counts are of this answer: those of all answers up to the last one are to be added.</param>
/// <param name="Scanned">About how many keys of the node this answer has looked at.</param>
/// <param name="KeysOnNode">How many there are.</param>
/// <param name="Complete">Whether this is the last answer.</param>
/// <param name="Next">The cursor to go on with; none when it is.</param>
internal sealed record KeyTreeResponse(string Node, string Prefix, KeyTreeItemResponse[] Items, long Scanned, long KeysOnNode, bool Complete, string? Next);
