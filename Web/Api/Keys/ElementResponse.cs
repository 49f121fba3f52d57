namespace RedisAspire.Web.Api.Keys;

/// <summary>An element of a value, or a part of a string. What its type does not have is nothing.</summary>
/// <param name="Index">The place in a list; the rank in a sorted set; the first byte of a part of a string.</param>
/// <param name="Id">The id of an entry of a stream.</param>
/// <param name="Field">The field of a hash.</param>
/// <param name="Value">The element.</param>
/// <param name="Score">The score in a sorted set, as Redis writes it.</param>
/// <param name="Fields">The fields of an entry of a stream.</param>
public sealed record ElementResponse(long? Index, string? Id, ContentResponse? Field, ContentResponse? Value, string? Score, IReadOnlyList<ElementResponse>? Fields);
