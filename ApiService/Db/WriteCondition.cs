using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace RedisAspire.ApiService.Db;

/// <summary>What a product has to be for a write to be made, as a client says it.</summary>
/// <param name="IfMatch">The <c>ETag</c> that it has to have; <c>*</c> for any.</param>
/// <param name="IfNoneMatch"><c>*</c>: there must be none.</param>
internal sealed record WriteCondition(
    [FromHeader(Name = "If-Match")] string? IfMatch = null,
    [FromHeader(Name = "If-None-Match")] string? IfNoneMatch = null)
{
    private const string Any = "*";

    /// <summary>There must be no product.</summary>
    public static WriteCondition IsNew { get; } = new(IfNoneMatch: Any);

    /// <summary>Whether there must be no product.</summary>
    public bool MustBeNew => IfNoneMatch == Any;

    /// <summary>The versions that it may have, each between commas; <c>*</c> for any; empty when it need not exist.</summary>
    public string Versions => IfMatch is null ? "" : IfMatch.Trim() == Any ? Any : $",{string.Join(',', VersionsOf(IfMatch))},";

    /// <summary>The product must have this version.</summary>
    public static WriteCondition Is(Product product) => new(IfMatch: ETagOf(product));

    /// <summary>The <c>ETag</c> of a product.</summary>
    public static string ETagOf(Product product) => string.Create(CultureInfo.InvariantCulture, $"\"{product.Version}\"");

    /// <summary>Whether a product that exists is what it has to be.</summary>
    public bool Allows(Product product) => !MustBeNew && (IfMatch is null || IfMatch.Trim() == Any || VersionsOf(IfMatch).Contains(product.Version));

    /// <summary>Says what is wrong, by the name of the header.</summary>
    public Dictionary<string, string[]> Check()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (IfMatch is not null && !EntityTagHeaderValue.TryParseList([IfMatch], out _))
            errors["If-Match"] = ["It holds ETags in quotation marks, or an asterisk."];
        if (IfNoneMatch is not (null or Any))
            errors["If-None-Match"] = ["Of a write it can only be an asterisk: there must be no such product."];
        return errors;
    }

    // What is no version, or weak, is the ETag of no product.
    private static IEnumerable<long> VersionsOf(string header) =>
        from tag in EntityTagHeaderValue.ParseList([header])
        where !tag.IsWeak
        select long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;
}
