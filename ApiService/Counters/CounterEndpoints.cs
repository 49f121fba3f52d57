using System.ComponentModel.DataAnnotations;

namespace RedisAspire.ApiService.Counters;

/// <summary><c>/api/counters</c> and <c>/api/requests</c>: counters in Redis, for all instances together.</summary>
internal static class CounterEndpoints
{
    private const int MaximumStep = 1_000_000;

    public static void AddCounters(this IServiceCollection services)
    {
        services.AddSingleton<CounterStore>();
        services.AddSingleton<RequestSeries>();
        services.AddHostedService<RequestSeriesWriter>();
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
        var api = routes.MapGroup("/api").WithTags("Counters").ProducesProblems(503);

        api.MapGet("/counters", (CounterStore counters, CancellationToken cancellationToken) => counters.GetAsync(cancellationToken))
            .Describe("GetCounters", "Lists the counters.")
            .WithResponseExample(new CountersResponse("redis-replica-1", [new CounterResponse("downloads", 41), new CounterResponse("visitors", 1_204)]));

        var counter = api.MapGroup("/counters/{name}").ProducesValidationProblem();

        counter.MapPost("/increment", IncrementAsync)
            .Describe("IncrementCounter", "Adds to a counter atomically. A new counter begins at 0.",
                $"`by` is 1 if not given, at most {MaximumStep} and at least -{MaximumStep}. There may be {CounterStore.MaximumCounters} counters.")
            .ProducesProblems(409)
            .WithResponseExample(new CounterResponse("visitors", 1_205));

        counter.MapDelete("", ([StoredName] string name, CounterStore counters, CancellationToken cancellationToken) =>
                Answers.NoContentOr404Async(counters.RemoveAsync(name, cancellationToken), $"There is no counter '{name}'."))
            .Describe("DeleteCounter", "Removes a counter.")
            .ProducesProblems(404)
            .RequireAdminKey();

        api.MapGet("/requests", GetRequestsAsync)
            .Describe("GetRequests", "Shows how many requests all instances had in each of the last minutes, the present one first.",
                $"`minutes` is 1 to {RequestSeries.MaximumMinutes}, 15 if not given.")
            .ProducesValidationProblem()
            .WithResponseExample(new RequestSeriesResponse(
                "redis-replica-1", [new RequestMinute(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero), Data: 5_310, Api: 62)]));
    }

    private static async Task<Results<Ok<CounterResponse>, ProblemHttpResult>> IncrementAsync(
        [StoredName] string name, CounterStore counters, CancellationToken cancellationToken,
        [Range((double)-MaximumStep, MaximumStep, ErrorMessage = "A step is a whole number from -1000000 to 1000000.")] long by = 1)
    {
        try
        {
            return await counters.IncrementAsync(name, by, cancellationToken) is { } value
                ? TypedResults.Ok(new CounterResponse(name, value))
                : Answers.Problem(409, $"There are {CounterStore.MaximumCounters} counters already.");
        }
        catch (RedisServerException failure) when (failure.Message.Contains("overflow", StringComparison.Ordinal))
        {
            return Answers.Problem(409, "The counter would pass the end of its range, which is that of a whole number of 64 bits.");
        }
    }

    private static Task<RequestSeriesResponse> GetRequestsAsync(
        RequestSeries series, CancellationToken cancellationToken,
        [Range(1, RequestSeries.MaximumMinutes, ErrorMessage = "The minutes are a number from 1 to 120.")] int minutes = 15) => series.GetAsync(minutes, cancellationToken);
}
