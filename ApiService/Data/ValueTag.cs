using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace RedisAspire.ApiService.Data;

/// <summary>
/// The entity tag of a value. A weak one: answers with the same value differ in how long they took, and in their form.
/// </summary>
internal static class ValueTag
{
    private const int Bytes = 12;

    public static EntityTagHeaderValue Of(string value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(value.AsSpan()), hash);
        return new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(hash[..Bytes])}\"", isWeak: true);
    }

    /// <summary>Whether the client has the value already.</summary>
    public static bool IsKnownBy(this EntityTagHeaderValue tag, RequestHeaders headers) =>
        headers.IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false));
}
