using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace RedisAspire.ApiService.Data;

/// <summary>What a value has to be for a change to be made, as a client says it.</summary>
/// <param name="IfMatch">The <c>ETag</c> that it has to have; <c>*</c> for any.</param>
/// <param name="IfNoneMatch"><c>*</c>: there must be none, which is never so.</param>
internal sealed record ValueCondition(
    [FromHeader(Name = "If-Match")] string? IfMatch = null,
    [FromHeader(Name = "If-None-Match")] string? IfNoneMatch = null)
{
    private const string Any = "*";

    /// <summary>Whether it may be whatever it is: there is one for every key.</summary>
    public bool IsAlwaysMet => IfMatch is null || IfMatch.Trim() == Any;

    /// <summary>Whether it cannot be that.</summary>
    public bool IsNeverMet => IfNoneMatch is not null;

    /// <summary>Whether it may be this one. A weak tag is that of no value.</summary>
    public bool Allows(string value) => IsAlwaysMet || EntityTagHeaderValue.ParseList([IfMatch!]).Any(tag => ValueTag.AllOf(value).Any(own => own.Compare(tag, useStrongComparison: true)));

    /// <summary>Says what is wrong, by the name of the header.</summary>
    public Dictionary<string, string[]> Check()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (IfMatch is not null && !EntityTagHeaderValue.TryParseList([IfMatch], out _))
            errors["If-Match"] = ["It holds ETags in quotation marks, or an asterisk."];
        if (IfNoneMatch is not null && IfNoneMatch.Trim() != Any)
            errors["If-None-Match"] = ["Of a change it can only be an asterisk: there must be no value."];
        return errors;
    }
}

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
