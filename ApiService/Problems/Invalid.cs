using Microsoft.AspNetCore.Http.HttpResults;

namespace RedisAspire.ApiService.Problems;

/// <summary>Says no to one parameter of a request.</summary>
internal static class Invalid
{
    public static ValidationProblem Parameter(string name, string error) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [name] = [error] });
}
