using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace RedisAspire.ApiService.Data;

/// <summary>
/// The entity tag of a value, in either of its forms. It covers only the value, and not what else an answer has, such as
/// the elapsed time: a conditional change is made to the value that was read, or not at all.
/// </summary>
internal static class ValueTag
{
    public static EntityTagHeaderValue Of(string value, bool isText = false) => new(TextOf(value, isText));

    /// <summary>The tag of a value, as the header has it.</summary>
    public static string TextOf(string value, bool isText)
    {
        Span<byte> hash = stackalloc byte[16];
        XxHash128.Hash(MemoryMarshal.AsBytes(value.AsSpan()), hash);
        Span<char> digits = stackalloc char[32];
        Convert.TryToHexStringLower(hash, digits, out _);
        return string.Concat("\"", digits, isText ? "-text\"" : "\"");
    }

    /// <summary>Whether a value is one of those that a condition allows, in either of its forms.</summary>
    public static bool Allows(this WriteCondition condition, string value) =>
        condition.AllowsAny || condition.Tags.Any(tag => tag.Compare(Of(value), useStrongComparison: true) || tag.Compare(Of(value, isText: true), useStrongComparison: true));

    public static bool IsKnown(string tag, RequestHeaders headers) =>
        headers.IfNoneMatch.Any(known => known.Tag == tag || known.Equals(EntityTagHeaderValue.Any));
}
