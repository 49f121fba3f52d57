namespace RedisAspire.Web.Api.Keys;

/// <summary>One level of the tree of keys, as far as one request looks.</summary>
/// <param name="Node">The node that was looked at.</param>
/// <param name="Items">What is below. The counts of all answers are to be added.</param>
/// <param name="Scanned">About how many keys this answer has looked at.</param>
/// <param name="KeysOnNode">How many there are.</param>
/// <param name="Next">The cursor to go on with; nothing after the last.</param>
public sealed record KeyTreeResponse(string Node, IReadOnlyList<KeyTreeItemResponse> Items, long Scanned, long KeysOnNode, string? Next);
