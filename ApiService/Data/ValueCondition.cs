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
