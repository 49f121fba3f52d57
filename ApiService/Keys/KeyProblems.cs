using Microsoft.AspNetCore.Http.HttpResults;

namespace RedisAspire.ApiService.Keys;

/// <summary>What several endpoints answer when they cannot do what was asked.</summary>
internal static class KeyProblems
{
    public static ProblemHttpResult NoKey() => TypedResults.Problem("There is no such key.", statusCode: StatusCodes.Status404NotFound);
}
