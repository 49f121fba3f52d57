using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace RedisAspire.Web.Api;

/// <summary>What takes the API a while.</summary>
internal static class ApiConnectionExtensions
{
    /// <summary>Has something done, and is told how far it is by events: <c>progress</c>, and then <c>result</c> or <c>failed</c>.</summary>
    /// <typeparam name="TProgress">What says how far it is.</typeparam>
    /// <typeparam name="TResult">What comes of it.</typeparam>
    /// <param name="api">The API.</param>
    /// <param name="method">What is to be done.</param>
    /// <param name="address">Where, below the API's own address.</param>
    /// <param name="body">What is sent as JSON, if anything.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What came of it.</returns>
    public static async Task<TResult> FollowAsync<TProgress, TResult>(
        this ApiConnection api, HttpMethod method, string address, object? body, Action<TProgress> progress, CancellationToken cancellationToken)
    {
        await foreach (var told in api.StreamAsync(method, address, body, cancellationToken))
        {
            switch (told.EventType)
            {
                case "progress":
                    progress(Read<TProgress>(told.Data));
                    break;
                case "result":
                    return Read<TResult>(told.Data);
                case "failed":
                    var problem = Read<ProblemDetails>(told.Data);
                    throw new CacheApiException(problem.Title ?? "The API gave up", problem.Detail);
            }
        }

        throw new CacheApiException("The API broke off", "It ended without a result.");
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web)!;
}
