using System.Text.Json.Serialization;

namespace RedisAspire.ApiService.Keys;

/// <summary>An element of a value, or a part of a string. What its type does not have is left out.</summary>
internal sealed record ElementResponse
{
    /// <summary>The place in a list; the rank in a sorted set, from the lowest score; the first byte of a part of a string.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Index { get; init; }

    /// <summary>The id of an entry of a stream.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    /// <summary>The field of a hash.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContentResponse? Field { get; init; }

    /// <summary>The element.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContentResponse? Value { get; init; }

    /// <summary>The score in a sorted set, as Redis writes it: it may be <c>inf</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Score { get; init; }

    /// <summary>The fields of an entry of a stream.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ElementResponse[]? Fields { get; init; }
}
