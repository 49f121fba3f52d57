using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.OpenApi;
using RedisAspire.ApiService.Commands;
using RedisAspire.ApiService.Tracing;
using RedisAspire.Caching;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.ApiService.Data;

/// <summary><c>/data/{key}</c>: slow data through the cache.</summary>
internal static class DataEndpoints
{
    private const string OtherForm = "The key may be a parameter of the query as well, as in `/data?key=..`: a path cannot end in `.` or `..`.";

    private const int MaximumBytes = 64 * 1024;

    private const string NotEverywhere = "the old one is removed from the cache of other instances as soon as a Redis master answers.";

    public static void AddData(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<SlowDatabaseOptions>(configuration.GetSection("SlowDatabase"));
        services.AddSingleton<ChangedRows>();
        services.AddSingleton<SlowDatabase>();
        services.AddSingleton<DataService>();
        services.AddSingleton<DataReader>();
    }

    public static void MapDataEndpoints(this IEndpointRouteBuilder routes)
    {
        var reader = routes.ServiceProvider.GetRequiredService<DataReader>();
        // A key may contain any characters, slashes too.
        var data = routes.MapGroup("/data").WithTags("Data").AddEndpointFilter(RejectBadKeys).AddOpenApiOperationTransformer(DescribeKey);

        data.MapGet("/{**key}", GetAsync)
            .Describe("GetData", "Reads a value from the cache or, if it is not cached, from the slow database, and caches it.",
                $"{OtherForm} A client that sends the ETag of the value in If-None-Match is answered 304 for as long as that is the value.")
            .Produces<DataResponse>()
            .Produces<string>(contentType: "text/plain")
            .Produces(StatusCodes.Status304NotModified)
            .ProducesValidationProblem()
            .ProducesProblems(504)
            .WithResponseExample(new DataResponse("foo", "valeur_de_foo", "cache", "near", "redis-replica-1", 0.004, 57.31, new DateTimeOffset(2026, 3, 14, 9, 26, 53, TimeSpan.Zero)))
            .Add(endpoint => endpoint.RequestDelegate = Shorten(endpoint.RequestDelegate!, reader));

        data.MapPut("/{**key}", PutAsync)
            .Describe("PutData", "Changes a value in the database, and removes the old one from the cache of every instance.",
                $"{OtherForm} With `If-Match` (an `ETag`, or `*`) only if the value has that `ETag`; 412 otherwise. The {ChangedRows.Maximum} last changes are kept. 202: the database has the value, and {NotEverywhere}")
            .CheckWriteCondition()
            .ProducesValidationProblem()
            .ProducesProblems(503)
            .AcceptsBody(new DataRequest("nouvelle valeur"))
            .WithResponseExample(PendingRemoval("foo"))
            .RequireAdminKey();

        data.MapDelete("/{**key}", DeleteAsync)
            .Describe("DeleteData", "Removes a value from the cache.", $"{OtherForm} 202: {NotEverywhere}")
            .ProducesProblems(400)
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

    private static async ValueTask<object?> RejectBadKeys(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.GetArgument<DataKey>(0).Error is { } error ? Answers.Problem(400, error, "Bad key") : await next(context);

    private static Task GetAsync(DataKey dataKey, [AsParameters] DataQuery how, DataReader reader, HttpContext context) =>
        how.Trace == 1 ? reader.TraceAsync(context, dataKey.Value, how.ToCacheOptions()) : reader.AnswerAsync(context, dataKey.Value, how.ToCacheOptions());

    // A request without a query, as most are, needs no binding of parameters, no validation and no scope of services.
    private static RequestDelegate Shorten(RequestDelegate whole, DataReader reader) => context =>
        !context.Request.QueryString.HasValue && DataKey.Of(context) is { Error: null } key ? reader.AnswerAsync(context, key.Value, options: null) : whole(context);

    private static async Task<Results<NoContent, Ok<RemovalResponse>, Accepted<RemovalResponse>, ValidationProblem, ProblemHttpResult>> PutAsync(
        DataKey dataKey, DataRequest change, [AsParameters] WriteCondition condition, [AsParameters] TraceQuery query, DataService data, CommandSampler sampler, RedisTopology topology, HttpContext context,
        CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(change.Value) is var bytes and > MaximumBytes)
            return Answers.Invalid("value", $"A value has at most {MaximumBytes} bytes as UTF-8; this one has {bytes}.");

        // There is a value for every key.
        using var trace = query.Trace == 1 || sampler.Takes ? data.BeginTrace(dataKey.Value) : null;
        var outcome = condition.MustBeNew ? DataChange.Refused : await data.ChangeAsync(dataKey.Value, change.Value, condition, trace, cancellationToken);
        if (outcome == DataChange.Refused)
            return Answers.Problem(412, "The value does not meet the condition of the request. Read it again.");

        context.Response.Headers.ETag = ValueTag.Of(change.Value).ToString();
        var steps = await StepsAsync(query, trace, sampler, topology, cancellationToken);
        if (outcome != DataChange.Everywhere)
            return TypedResults.Accepted((string?)null, PendingRemoval(dataKey.Value).WithTrace(steps));
        return steps is null ? TypedResults.NoContent() : TypedResults.Ok(new RemovalResponse(dataKey.Value, Outstanding: null).WithTrace(steps));
    }

    private static async ValueTask<TraceStep[]?> StepsAsync(TraceQuery query, CacheTrace? trace, CommandSampler sampler, RedisTopology topology, CancellationToken cancellationToken)
    {
        if (trace is null)
            return null;
        sampler.Add(trace);
        if (query.Trace == 0)
            return null;
        await trace.WaitForInvalidationAsync(cancellationToken);
        return trace.ToSteps(topology);
    }

    private static RemovalResponse PendingRemoval(string key) => new(
        key, "No Redis master has removed the key yet. This instance removes it as soon as one answers; until then other instances may serve the old value, if they still have it.");

    private static async Task<Results<NoContent, Ok<RemovalResponse>, Accepted<RemovalResponse>>> DeleteAsync(
        DataKey dataKey, [AsParameters] TraceQuery query, DataService data, CommandSampler sampler, RedisTopology topology, CancellationToken cancellationToken)
    {
        using var trace = query.Trace == 1 || sampler.Takes ? data.BeginTrace(dataKey.Value) : null;
        var isRemoved = await data.RemoveAsync(dataKey.Value, trace, cancellationToken);
        var steps = await StepsAsync(query, trace, sampler, topology, cancellationToken);
        if (!isRemoved)
            return TypedResults.Accepted((string?)null, PendingRemoval(dataKey.Value).WithTrace(steps));
        return steps is null ? TypedResults.NoContent() : TypedResults.Ok(new RemovalResponse(dataKey.Value, Outstanding: null).WithTrace(steps));
    }
}

/// <summary>The options of a look-up.</summary>
/// <param name="BypassNear">Whether the near cache is skipped.</param>
/// <param name="Ttl">How long a value that comes from the database remains cached, in seconds.</param>
/// <param name="Trace">1 if the answer says what the cache did.</param>
public sealed record DataQuery(
    [property: FromQuery(Name = "bypassNear"), Description("Skips the near cache: Redis answers, or the database.")] bool BypassNear = false,
    [property: FromQuery(Name = "ttl"), Description("How long a value that comes from the database remains cached, in seconds: 1 to 86400."), Range(1, 86_400, ErrorMessage = "A time to live is 1 to 86400 seconds.")] int? Ttl = null,
    [property: FromQuery(Name = "trace"), Description(TraceQuery.Description), Range(0, 1, ErrorMessage = TraceQuery.Error)] int Trace = 0)
{
    internal CacheEntryOptions? ToCacheOptions() => this is { BypassNear: false, Ttl: null } ? null : new CacheEntryOptions
    {
        Expiration = Ttl is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Flags = BypassNear ? HybridCacheEntryFlags.DisableLocalCacheRead : null,
    };
}
