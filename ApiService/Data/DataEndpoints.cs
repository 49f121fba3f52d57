using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.Mime;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using RedisAspire.ApiService.Admin;
using RedisAspire.ApiService.History;
using RedisAspire.ApiService.Leaderboard;
using RedisAspire.ApiService.OpenApi;
using RedisAspire.ApiService.Problems;
using RedisAspire.ApiService.Storage;
using RedisAspire.Caching;

namespace RedisAspire.ApiService.Data;

/// <summary><c>/data/{key}</c>: slow data through the cache.</summary>
internal static class DataEndpoints
{
    private const string OtherForm = "The key may be a parameter of the query as well, as in `/data?key=..`: a path cannot end in `.` or `..`.";

    private const int MaximumBytes = 64 * 1024;

    private const string NotEverywhere = "the old one is removed from the cache of other instances as soon as a Redis master answers.";

    public static IServiceCollection AddData(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<SlowDatabaseOptions>(configuration.GetSection("SlowDatabase"));
        services.AddSingleton<ChangedRows>();
        services.AddSingleton<SlowDatabase>();
        services.AddSingleton<DataService>();
        return services;
    }

    public static void MapDataEndpoints(this IEndpointRouteBuilder routes)
    {
        // A key may contain any characters, slashes too.
        var data = routes.MapGroup("/data").WithTags("Data").AddEndpointFilter(RejectBadKeys).AddOpenApiOperationTransformer(DescribeKey);

        data.MapGet("/{**key}", GetAsync)
            .CountForLeaderboard()
            .WithName("GetData")
            .WithSummary("Reads a value from the cache or, if it is not cached, from the slow database, and caches it.")
            .WithDescription($"{OtherForm} A client that sends the ETag of the value in If-None-Match is answered 304 for as long as that is the value.")
            .Produces<DataResponse>()
            .Produces<string>(contentType: "text/plain")
            .Produces(StatusCodes.Status304NotModified)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status504GatewayTimeout)
            .WithResponseExample(new DataResponse("foo", "valeur_de_foo", "cache", "near", "redis-replica-1", 0.004, 57.31, new DateTimeOffset(2026, 3, 14, 9, 26, 53, TimeSpan.Zero)));

        data.MapPut("/{**key}", PutAsync)
            .WithName("PutData")
            .WithSummary("Changes a value in the database, and removes the old one from the cache of every instance.")
            .WithDescription($"{OtherForm} With `If-Match` (an `ETag`, or `*`) only if the value has that `ETag`; 412 otherwise. The {ChangedRows.Maximum} last changes are kept. 202: the database has the value, and {NotEverywhere}")
            .CheckWriteCondition()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .AcceptsBody()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithRequestExample(new DataRequest("nouvelle valeur"))
            .WithResponseExample(PendingRemoval("foo"))
            .RequireAdminKey();

        data.MapDelete("/{**key}", DeleteAsync)
            .WithName("DeleteData")
            .WithSummary("Removes a value from the cache.")
            .WithDescription($"{OtherForm} 202: {NotEverywhere}")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithResponseExample(PendingRemoval("foo"))
            .RequireAdminKey();
    }

    // The key is not bound from the route, so the framework does not describe it.
    private static Task DescribeKey(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Parameters ??= [];
        operation.Parameters.Insert(0, new OpenApiParameter
        {
            Name = "key",
            In = ParameterLocation.Path,
            Required = true,
            Description = $"Any text of 1 to {DataKey.MaximumLength} characters, percent-encoded.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = DataKey.MaximumLength },
        });
        return Task.CompletedTask;
    }

    private static async ValueTask<object?> RejectBadKeys(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        return context.GetArgument<DataKey>(0).Error is { } error
            ? TypedResults.Problem(error, statusCode: StatusCodes.Status400BadRequest, title: "Bad key")
            : await next(context);
    }

    private static async Task<Results<Ok<DataResponse>, ContentHttpResult, StatusCodeHttpResult>> GetAsync(
        DataKey dataKey, [AsParameters] DataQuery how, DataService data, LookupRecorder history, TimeProvider time, HttpContext context, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var lookup = await data.ReadAsync(dataKey.Value, how.ToCacheOptions(), cancellationToken);
        var elapsed = Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 3);

        var answer = new DataResponse(
            dataKey.Value,
            lookup.Value,
            lookup.IsHit ? "cache" : "database",
            lookup.Level switch { CacheLevel.Near => "near", CacheLevel.Redis => "redis", _ => "source" },
            lookup.Node,
            elapsed,
            lookup.TimeToLive is { } timeToLive ? Math.Round(timeToLive.TotalSeconds, 3) : null,
            time.GetUtcNow());
        TagActivity(context, answer.Level, lookup.IsHit);
        history.Record(new Lookup(answer.Timestamp, answer.Key, answer.Level, elapsed, answer.Node));

        var isText = AcceptedForm.IsText(context.Request.GetTypedHeaders().Accept);
        var tag = ValueTag.Of(lookup.Value, isText);
        var headers = context.Response.Headers;
        headers["X-Cache"] = lookup.IsHit ? "HIT" : "MISS";
        headers["Server-Timing"] = string.Create(CultureInfo.InvariantCulture, $"{answer.Level};dur={elapsed}");
        // Clients may store the answer, but must revalidate it.
        headers.CacheControl = "no-cache";
        headers.Vary = HeaderNames.Accept;
        headers.ETag = tag.ToString();

        if (tag.IsKnownBy(context.Request.GetTypedHeaders()))
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        if (isText)
            return TypedResults.Text($"[{(lookup.IsHit ? "CACHE" : "SLOW")}] {lookup.Value}\n");
        return TypedResults.Ok(answer);
    }

    private static async Task<Results<NoContent, Accepted<RemovalResponse>, ValidationProblem, ProblemHttpResult>> PutAsync(
        DataKey dataKey, DataRequest change, [AsParameters] WriteCondition condition, DataService data, HttpContext context, CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(change.Value) is var bytes and > MaximumBytes)
            return Invalid.Parameter("value", $"A value has at most {MaximumBytes} bytes as UTF-8; this one has {bytes}.");

        // There is a value for every key.
        var outcome = condition.MustBeNew ? DataChange.Refused : await data.ChangeAsync(dataKey.Value, change.Value, condition, cancellationToken);
        if (outcome == DataChange.Refused)
            return TypedResults.Problem("The value does not meet the condition of the request. Read it again.", statusCode: StatusCodes.Status412PreconditionFailed);

        context.Response.Headers.ETag = ValueTag.Of(change.Value).ToString();
        return outcome == DataChange.Everywhere ? TypedResults.NoContent() : TypedResults.Accepted((string?)null, PendingRemoval(dataKey.Value));
    }

    private static RemovalResponse PendingRemoval(string key) => new(
        key, "No Redis master has removed the key yet. This instance removes it as soon as one answers; until then other instances may serve the old value, if they still have it.");

    private static async Task<Results<NoContent, Accepted<RemovalResponse>>> DeleteAsync(DataKey dataKey, ReplicatedCache cache, CancellationToken cancellationToken) =>
        await cache.TryRemoveAsync(dataKey.Value, cancellationToken) ? TypedResults.NoContent() : TypedResults.Accepted((string?)null, PendingRemoval(dataKey.Value));

    // A hit in the near cache has no span of its own: its result is on the span of the request.
    private static void TagActivity(HttpContext context, string level, bool isHit)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } activity)
            activity.SetTag("cache.level", level).SetTag("cache.request.type", isHit ? "hit" : "miss");
    }
}

/// <summary>The options of a look-up.</summary>
/// <param name="BypassNear">Whether the near cache is skipped.</param>
/// <param name="Ttl">How long a value that comes from the database remains cached, in seconds.</param>
public sealed record DataQuery(
    [property: FromQuery(Name = "bypassNear"), Description("Skips the near cache: Redis answers, or the database.")] bool BypassNear = false,
    [property: FromQuery(Name = "ttl"), Description("How long a value that comes from the database remains cached, in seconds: 1 to 86400."), Range(1, 86_400, ErrorMessage = "A time to live is 1 to 86400 seconds.")] int? Ttl = null)
{
    /// <summary>The options as the cache takes them.</summary>
    internal CacheEntryOptions? ToCacheOptions() => this is { BypassNear: false, Ttl: null } ? null : new CacheEntryOptions
    {
        Expiration = Ttl is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Flags = BypassNear ? HybridCacheEntryFlags.DisableLocalCacheRead : null,
    };
}

/// <summary>Negotiates the form of an answer (RFC 9110, 12.5.1).</summary>
internal static class AcceptedForm
{
    /// <summary>Whether the client prefers plain text to JSON, which is the default.</summary>
    /// <param name="accepted">The ranges of media types in <c>Accept</c>.</param>
    public static bool IsText(IList<MediaTypeHeaderValue> accepted)
    {
        var (text, json) = (WeightOf(accepted, MediaTypeNames.Text.Plain), WeightOf(accepted, MediaTypeNames.Application.Json));
        return text.Quality > json.Quality || (text.Quality == json.Quality && text.Quality > 0 && text.Place < json.Place);
    }

    // The most specific range counts. Of forms with the same quality, the first in the header is preferred.
    private static (double Quality, int Place) WeightOf(IList<MediaTypeHeaderValue> accepted, string form)
    {
        var parts = form.Split('/');
        return accepted
            .Select((range, place) => (Range: range, Place: place, Fit: FitOf(range, parts[0], parts[1])))
            .Where(match => match.Fit > 0)
            .OrderByDescending(match => match.Fit)
            .Select(match => (match.Range.Quality ?? 1, match.Place))
            .FirstOrDefault();
    }

    private static int FitOf(MediaTypeHeaderValue range, string type, string subtype)
    {
        if (range.MatchesAllTypes)
            return 1;
        if (!range.Type.Equals(type, StringComparison.OrdinalIgnoreCase))
            return 0;
        return range.MatchesAllSubTypes ? 2 : range.SubType.Equals(subtype, StringComparison.OrdinalIgnoreCase) ? 3 : 0;
    }
}
