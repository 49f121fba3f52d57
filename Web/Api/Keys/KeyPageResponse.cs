namespace RedisAspire.Web.Api.Keys;

/// <summary>A page of keys.</summary>
/// <param name="Node">The node that was looked at.</param>
/// <param name="Items">The keys, in the node's own order.</param>
/// <param name="Next">The cursor of the next page; nothing after the last.</param>
public sealed record KeyPageResponse(string Node, IReadOnlyList<KeyResponse> Items, string? Next);
