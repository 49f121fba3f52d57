using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using ProblemDetails = Microsoft.AspNetCore.Mvc.ProblemDetails;

namespace RedisAspire.ApiService.Problems;

/// <summary>Answers requests that cannot be read. The answer names the error, but nothing of the implementation.</summary>
internal sealed class BadRequestHandler(IProblemDetailsService problems, IOptions<JsonOptions> json) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException bad)
            return false;

        httpContext.Response.StatusCode = bad.StatusCode;
        var errors = bad.StatusCode == StatusCodes.Status400BadRequest ? ErrorsIn(bad, httpContext) : [];
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = errors.Count > 0
                ? new HttpValidationProblemDetails(errors) { Status = bad.StatusCode }
                : new ProblemDetails { Status = bad.StatusCode, Detail = Describe(bad) },
        });
    }

    private Dictionary<string, string[]> ErrorsIn(BadHttpRequestException exception, HttpContext context)
    {
        // The exception handler has reset the endpoint of the request.
        if (context.Features.Get<IExceptionHandlerFeature>()?.Endpoint is not { } endpoint)
            return [];

        var errors = ParameterErrors.In(context.Request.Query, endpoint);
        if (errors.Count > 0 || endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } type)
            return errors;

        var body = json.Value.SerializerOptions.GetTypeInfo(type);
        return exception.InnerException switch
        {
            // A JsonException inside another one: the text is no JSON at all.
            JsonException { InnerException: not JsonException } failure => BodyErrors.In(failure, body),
            null when context.Request.ContentLength is null or 0 => BodyErrors.InNone(body),
            _ => [],
        };
    }

    private static string Describe(BadHttpRequestException exception) => exception switch
    {
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => "The body is too large.",
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => "The body has to be JSON, and Content-Type has to say so: application/json.",
        { InnerException: JsonException { Path: { Length: > 1 } path } } => $"The body is not the JSON that is expected: the error is at {path}.",
        { InnerException: JsonException } => "The body is not the JSON that is expected.",
        _ => "The request cannot be read.",
    };
}

/// <summary>Finds the parameters of a request that cannot be parsed.</summary>
internal static class ParameterErrors
{
    public static Dictionary<string, string[]> In(IQueryCollection query, Endpoint endpoint)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var parameter in endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>())
        {
            var name = parameter.ParameterInfo.GetCustomAttributes(inherit: false).OfType<IFromQueryMetadata>().FirstOrDefault()?.Name ?? parameter.Name;
            var form = ValueForm.Of(parameter.ParameterInfo.ParameterType);
            if (query.TryGetValue(name, out var values) && !form.Fits(values.ToString()))
                errors[name] = [form.Description];
        }

        return errors;
    }
}

/// <summary>Finds the errors of a body that is JSON, but not of the expected type.</summary>
internal static partial class BodyErrors
{
    /// <summary>The error of the member that could not be read, or the members that are missing.</summary>
    public static Dictionary<string, string[]> In(JsonException failure, JsonTypeInfo body)
    {
        var path = MemberPath().Match(failure.Path ?? "");
        var name = path.Groups["member"].Value;
        if (!path.Success)
            return InNone(body);
        if (body.Properties.FirstOrDefault(property => property.Name == name) is not { } member)
            return One(name, $"There is no such member{Members(", only", body.Properties)}.");

        var index = path.Groups["index"];
        var type = index.Success ? body.Options.GetTypeInfo(member.PropertyType).ElementType! : member.PropertyType;
        // A duplicate member has no inner exception.
        var once = failure.InnerException is null ? " It is given once." : "";
        return One(name + index.Value, ValueForm.Of(type).Description + once);
    }

    public static Dictionary<string, string[]> InNone(JsonTypeInfo body) =>
        One("body", $"It is an object{Members(" with", body.Properties.Where(property => property.IsRequired))}.");

    private static Dictionary<string, string[]> One(string name, string error) => new(StringComparer.Ordinal) { [name] = [error] };

    private static string Members(string beginning, IEnumerable<JsonPropertyInfo> members) =>
        string.Join(", ", members.Select(member => $"'{member.Name}'")) is { Length: > 0 } names ? $"{beginning} {names}" : "";

    // The first form is for names of letters; other names are never those of a member.
    [GeneratedRegex(@"\A\$(\.(?<member>[^.\[]+)|\['(?<member>.*)'\])(?<index>\[[0-9]+\])?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MemberPath();
}

/// <summary>The form of a value in a request.</summary>
internal sealed record ValueForm(string Description, Func<string, bool> Fits)
{
    private static readonly ValueForm Int32 = new("It is a whole number of at most 9 digits.", text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _));
    private static readonly ValueForm Int64 = new("It is a whole number of at most 18 digits.", text => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _));
    private static readonly ValueForm Number = new("It is a number.", text => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out _));
    private static readonly ValueForm Truth = new("It is true or false.", text => bool.TryParse(text, out _));
    private static readonly ValueForm Text = new("It is a text.", _ => true);
    private static readonly ValueForm List = new("It is a list.", _ => true);
    private static readonly ValueForm Other = new("It has another form.", _ => true);

    public static ValueForm Of(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var one when one == typeof(string) => Text,
        var one when one == typeof(int) => Int32,
        var one when one == typeof(long) => Int64,
        var one when one == typeof(decimal) => Number,
        var one when one == typeof(bool) => Truth,
        var one when one.IsAssignableTo(typeof(IEnumerable)) => List,
        _ => Other,
    };
}
