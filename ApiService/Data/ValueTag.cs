using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace RedisAspire.ApiService.Data;

/// <summary>
/// The entity tag of a value, in either of its forms. What an answer tells beside the value, such as how long it took, is
/// no part of what the tag stands for: a change is made to the value that was read, or not at all.
/// </summary>
internal static class ValueTag
{
    private const int Bytes = 12;

    /// <summary>The tag of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="isText">Whether its form is plain text instead of JSON.</param>
    public static EntityTagHeaderValue Of(string value, bool isText = false)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(value.AsSpan()), hash);
        return new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(hash[..Bytes])}{(isText ? "-text" : "")}\"");
    }

    /// <summary>The tags of all forms of a value.</summary>
    public static IEnumerable<EntityTagHeaderValue> AllOf(string value) => [Of(value), Of(value, isText: true)];

    /// <summary>Whether the client has the value already.</summary>
    public static bool IsKnownBy(this EntityTagHeaderValue tag, RequestHeaders headers) =>
        headers.IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false));
}
