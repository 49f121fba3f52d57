using System.Net;
using System.Text.Json;

namespace RedisAspire.Web.Api;

/// <summary>What takes the API long: it tells how far it is, and then what has come of it.</summary>
internal static class LongRunningExtensions
{
    /// <summary>Has something done. Whoever cancels it stops it in the API too.</summary>
    /// <typeparam name="TProgress">How far it is.</typeparam>
    /// <typeparam name="TResult">What comes of it.</typeparam>
    /// <param name="api">The API.</param>
    /// <param name="address">Where, below the API's own address.</param>
    /// <param name="body">What is sent as JSON, if anything.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What has come of it.</returns>
    /// <exception cref="CacheApiException">It failed.</exception>
    public static async Task<TResult> RunAsync<TProgress, TResult>(
        this ApiConnection api, string address, object? body, Action<TProgress> progress, CancellationToken cancellationToken)
    {
        await foreach (var told in api.StreamAsync(HttpMethod.Post, address, body, cancellationToken))
        {
            switch (told.EventType)
            {
                case "progress":
                    progress(Read<TProgress>(told.Data));
                    break;
                case "result":
                    return Read<TResult>(told.Data);
                case "failed":
                    var problem = Read<HttpValidationProblemDetails>(told.Data);
                    throw FailureHandler.Describe((HttpStatusCode?)problem.Status, problem);
            }
        }

        throw new CacheApiException(FailureKind.BrokenOff, "The API ended without a result.");
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web)!;
}
