using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace RedisAspire.ApiService.Problems;

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
