using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using ProblemDetails = Microsoft.AspNetCore.Mvc.ProblemDetails;

namespace RedisAspire.ApiService.Problems;

/// <summary>Answers requests that cannot be read: what is wrong with them, and no more of how they are read.</summary>
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
        // The request itself has lost its endpoint by now.
        if (context.Features.Get<IExceptionHandlerFeature>()?.Endpoint is not { } endpoint)
            return [];

        var errors = ParameterErrors.In(context.Request.Query, endpoint);
        if (errors.Count > 0 || endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } type)
            return errors;

        var body = json.Value.SerializerOptions.GetTypeInfo(type);
        return exception.InnerException switch
        {
            // One inside another: the text is not even JSON.
            JsonException { InnerException: not JsonException } failure => BodyErrors.In(failure, body),
            null when context.Request.ContentLength is null or 0 => BodyErrors.InNone(body),
            _ => [],
        };
    }

    private static string Describe(BadHttpRequestException exception) => exception switch
    {
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => "The body is too large.",
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => "The body has to be JSON, and Content-Type has to say so: application/json.",
        { InnerException: JsonException { Path: { Length: > 1 } path } } => $"The body is not the JSON that is expected: look at {path}.",
        { InnerException: JsonException } => "The body is not the JSON that is expected.",
        _ => "The request cannot be read.",
    };
}

/// <summary>Finds what is wrong with the parameters of a request that cannot be read.</summary>
internal static class ParameterErrors
{
    /// <summary>Says what the parameters have to be that are not.</summary>
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

/// <summary>Finds what is wrong with a body that is JSON, but not what is expected.</summary>
internal static partial class BodyErrors
{
    /// <summary>Says what the member has to be that is not, or which members there have to be.</summary>
    /// <param name="failure">What reading it failed with.</param>
    /// <param name="body">What it was read as.</param>
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
        // What is there twice is found nowhere else.
        var once = failure.InnerException is null ? " It is given once." : "";
        return One(name + index.Value, ValueForm.Of(type).Description + once);
    }

    /// <summary>Says which members there have to be.</summary>
    public static Dictionary<string, string[]> InNone(JsonTypeInfo body) =>
        One("body", $"It is an object{Members(" with", body.Properties.Where(property => property.IsRequired))}.");

    private static Dictionary<string, string[]> One(string name, string error) => new(StringComparer.Ordinal) { [name] = [error] };

    private static string Members(string beginning, IEnumerable<JsonPropertyInfo> members) =>
        string.Join(", ", members.Select(member => $"'{member.Name}'")) is { Length: > 0 } names ? $"{beginning} {names}" : "";

    // As it is written for names of letters: other names are those of members that there are not.
    [GeneratedRegex(@"\A\$(\.(?<member>[^.\[]+)|\['(?<member>.*)'\])(?<index>\[[0-9]+\])?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MemberPath();
}

/// <summary>How a value of a request has to be written.</summary>
/// <param name="Description">It in a sentence.</param>
/// <param name="Fits">Whether a text is written so.</param>
internal sealed record ValueForm(string Description, Func<string, bool> Fits)
{
    private static readonly ValueForm Int32 = new("It is a whole number of at most 9 digits.", text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _));
    private static readonly ValueForm Int64 = new("It is a whole number of at most 18 digits.", text => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _));
    private static readonly ValueForm Number = new("It is a number.", text => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out _));
    private static readonly ValueForm Truth = new("It is true or false.", text => bool.TryParse(text, out _));
    private static readonly ValueForm Text = new("It is a text.", _ => true);
    private static readonly ValueForm List = new("It is a list.", _ => true);
    private static readonly ValueForm Other = new("It is something else.", _ => true);

    /// <summary>The form of a type.</summary>
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
