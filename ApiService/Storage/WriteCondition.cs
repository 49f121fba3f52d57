using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace RedisAspire.ApiService.Storage;

/// <summary>The condition of a write, as the client states it (RFC 9110, 13.1).</summary>
/// <param name="IfMatch">The <c>ETag</c>s of which the resource must have one; <c>*</c> for any.</param>
/// <param name="IfNoneMatch"><c>*</c>: the resource must not exist.</param>
internal sealed record WriteCondition(
    [FromHeader(Name = "If-Match")] string? IfMatch = null,
    [FromHeader(Name = "If-None-Match")] string? IfNoneMatch = null)
{
    private const string Any = "*";

    public static WriteCondition IsNew { get; } = new(IfNoneMatch: Any);

    public bool MustBeNew => IfNoneMatch is not null;

    /// <summary>Whether a resource that exists may have any <c>ETag</c>.</summary>
    public bool AllowsAny => IfMatch is null || IfMatch.Trim() == Any;

    public IEnumerable<EntityTagHeaderValue> Tags => EntityTagHeaderValue.ParseList([IfMatch!]);

    public Dictionary<string, string[]> Check()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (IfMatch is not null && !EntityTagHeaderValue.TryParseList([IfMatch], out _))
            errors["If-Match"] = ["It holds ETags in quotation marks, or an asterisk."];
        if (IfNoneMatch is not null && IfNoneMatch.Trim() != Any)
            errors["If-None-Match"] = ["With a write it can only be an asterisk, which requires that there is nothing yet."];
        return errors;
    }
}

internal static class WriteConditionExtensions
{
    /// <summary>Checks the <see cref="WriteCondition"/> among the parameters of an endpoint, which answers 412 when it is not met.</summary>
    public static RouteHandlerBuilder CheckWriteCondition(this RouteHandlerBuilder endpoint) => endpoint.ProducesProblems(412).AddEndpointFilter(async (context, next) =>
        context.Arguments.OfType<WriteCondition>().Single().Check() is { Count: > 0 } errors ? TypedResults.ValidationProblem(errors) : await next(context));
}
