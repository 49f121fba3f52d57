using System.ComponentModel.DataAnnotations;

namespace RedisAspire.ApiService.Counters;

/// <summary><c>/api/counters</c> and <c>/api/requests</c>: counters in Redis, for all instances together.</summary>
internal static class CounterEndpoints
{
    private const int MaximumStep = 1_000_000;

    public static IServiceCollection AddCounters(this IServiceCollection services)
    {
        services.AddApplicationStore();
        services.AddSingleton<CounterStore>();
        services.AddSingleton<RequestSeries>();
        services.AddHostedService<RequestSeriesWriter>();
        return services;
    }

    public static IApplicationBuilder UseRequestSeries(this IApplicationBuilder app)
    {
        var series = app.ApplicationServices.GetRequiredService<RequestSeries>();
        return app.Use((context, next) =>
        {
            series.Add(context.Request.Path);
            return next(context);
        });
    }

    public static void MapCounterEndpoints(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").WithTags("Counters").ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        api.MapGet("/counters", GetAsync)
            .WithName("GetCounters")
            .WithSummary("Lists the counters.")
            .WithResponseExample(new CountersResponse("redis-replica-1", [new CounterResponse("downloads", 41), new CounterResponse("visitors", 1_204)]));

        var counter = api.MapGroup("/counters/{name}").ProducesValidationProblem();

        counter.MapPost("/increment", IncrementAsync)
            .WithName("IncrementCounter")
            .WithSummary("Adds to a counter atomically. A new counter begins at 0.")
            .WithDescription($"`by` is 1 if not given, at most {MaximumStep} and at least -{MaximumStep}. There may be {CounterStore.MaximumCounters} counters.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithResponseExample(new CounterResponse("visitors", 1_205));

        counter.MapDelete("", RemoveAsync)
            .WithName("DeleteCounter")
            .WithSummary("Removes a counter.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireAdminKey();

        api.MapGet("/requests", GetRequestsAsync)
            .WithName("GetRequests")
            .WithSummary("Shows how many requests all instances had in each of the last minutes, the present one first.")
            .WithDescription($"`minutes` is 1 to {RequestSeries.MaximumMinutes}, 15 if not given.")
            .ProducesValidationProblem()
            .WithResponseExample(new RequestSeriesResponse(
                "redis-replica-1", [new RequestMinute(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero), Data: 5_310, Api: 62)]));
    }

    private static async Task<Ok<CountersResponse>> GetAsync(CounterStore counters, CancellationToken cancellationToken)
    {
        var answer = await counters.GetAsync(cancellationToken);
        return TypedResults.Ok(new CountersResponse(answer.Node, answer.Value));
    }

    private static async Task<Results<Ok<CounterResponse>, ProblemHttpResult>> IncrementAsync(
        [StoredName] string name, CounterStore counters, CancellationToken cancellationToken,
        [Range((double)-MaximumStep, MaximumStep, ErrorMessage = "A step is a whole number from -1000000 to 1000000.")] long by = 1)
    {
        try
        {
            return await counters.IncrementAsync(name, by, cancellationToken) is { } value
                ? TypedResults.Ok(new CounterResponse(name, value))
                : Conflict($"There are {CounterStore.MaximumCounters} counters already.");
        }
        catch (RedisServerException failure) when (failure.Message.Contains("overflow", StringComparison.Ordinal))
        {
            return Conflict("The counter would pass the end of its range, which is that of a whole number of 64 bits.");
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync([StoredName] string name, CounterStore counters, CancellationToken cancellationToken) =>
        await counters.RemoveAsync(name, cancellationToken)
            ? TypedResults.NoContent()
            : TypedResults.Problem($"There is no counter '{name}'.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Ok<RequestSeriesResponse>> GetRequestsAsync(
        RequestSeries series, CancellationToken cancellationToken,
        [Range(1, RequestSeries.MaximumMinutes, ErrorMessage = "The minutes are a number from 1 to 120.")] int minutes = 15)
    {
        var answer = await series.GetAsync(minutes, cancellationToken);
        return TypedResults.Ok(new RequestSeriesResponse(answer.Node, answer.Value));
    }

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);
}
