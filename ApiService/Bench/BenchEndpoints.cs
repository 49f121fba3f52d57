using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Http.HttpResults;
using RedisAspire.ApiService.Admin;
using RedisAspire.ApiService.OpenApi;
using RedisAspire.ApiService.Problems;

namespace RedisAspire.ApiService.Bench;

/// <summary><c>/api/bench</c>: how fast each level of the cache is, here and now.</summary>
internal static class BenchEndpoints
{
    private static readonly BenchResult Example = new(
        new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero), new BenchRequest(ReadPercent: 99), 1000, StoppedEarly: false, 14.9, 67_114.1,
        [
            new LatencySummary("near", 880, 59_060.4, 0.000415, 0.000959, 0.009215, 0.051),
            new LatencySummary("redis", 109, 7315.4, 0.243, 0.671, 1.211, 1.294),
            new LatencySummary("write", 11, 738.3, 0.311, 0.503, 0.503, 0.503),
        ]);

    public static IServiceCollection AddBench(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BenchOptions>()
            .Bind(configuration.GetSection("Bench"))
            .Validate(options => options.MaximumDuration > TimeSpan.Zero, "Bench:MaximumDuration must be positive.")
            .ValidateOnStart();
        services.AddSingleton<BenchHistory>();
        services.AddSingleton<BenchRunner>();
        return services;
    }

    public static void MapBenchEndpoints(this IEndpointRouteBuilder routes)
    {
        var bench = routes.MapGroup("/api/bench").WithTags("Bench");

        bench.MapPost("", Run)
            .WithName("RunBench")
            .WithSummary("Makes many requests to one level of the cache, and streams how fast they are answered.")
            .WithDescription(
                "Server-sent events: `progress` about four times a second, then `result` or `failed`. The cache is filled before it is measured. "
                + "A run ends when its time is up (`stoppedEarly`) or the client goes, and its keys are removed. One run at a time: 409 meanwhile.")
            .WithRequestExample(new BenchRequest(ReadPercent: 99))
            .WithResponseExample(Example)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .RequireAdminKey();

        bench.MapGet("", GetRunsAsync)
            .WithName("GetBenchRuns")
            .WithSummary($"Lists the last {BenchHistory.Length} runs of the bench, the latest first.")
            .WithResponseExample(new[] { Example })
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static Results<ServerSentEventsResult<object>, ValidationProblem, ProblemHttpResult> Run(
        BenchRequest request, HttpContext context, BenchRunner runner, CancellationToken cancellationToken)
    {
        if (request.Check() is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        if (runner.Turns.TryEnter(context) is not { } turn)
            return TypedResults.Problem("Another run is under way.", statusCode: StatusCodes.Status409Conflict);

        IAsyncEnumerable<SseItem<object>> events = runner.RunAsync(request, turn, cancellationToken);
        return TypedResults.ServerSentEvents(events.WithFailure(cancellationToken));
    }

    private static async Task<Ok<BenchResult[]>> GetRunsAsync(BenchHistory history, CancellationToken cancellationToken) =>
        TypedResults.Ok(await history.ReadAsync(cancellationToken));
}

/// <summary>What may be asked of the bench.</summary>
internal static class BenchRules
{
    private const int MaximumRequests = 100_000;
    private const int MaximumConcurrency = 64;
    private const int MaximumKeys = 10_000;

    /// <summary>Says what is wrong, by the name of the member.</summary>
    public static Dictionary<string, string[]> Check(this BenchRequest request)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        CheckRange("requests", request.Requests, 1, MaximumRequests, errors);
        CheckRange("concurrency", request.Concurrency, 1, MaximumConcurrency, errors);
        CheckRange("keys", request.Keys, 1, MaximumKeys, errors);
        CheckRange("readPercent", request.ReadPercent, 0, 100, errors);
        if (request.Distribution is not (BenchRequest.Uniform or BenchRequest.Zipf))
            errors["distribution"] = [$"It is '{BenchRequest.Uniform}' or '{BenchRequest.Zipf}'."];
        if (request.Level is not (BenchRequest.Near or BenchRequest.Redis or BenchRequest.Source))
            errors["level"] = [$"It is '{BenchRequest.Near}', '{BenchRequest.Redis}' or '{BenchRequest.Source}'."];
        else if (request.Level == BenchRequest.Source && request.ReadPercent != 100)
            errors.TryAdd("readPercent", ["The source is only read: it is 100 there."]);
        return errors;
    }

    private static void CheckRange(string member, int value, int minimum, int maximum, Dictionary<string, string[]> errors)
    {
        if (value < minimum || value > maximum)
            errors[member] = [FormattableString.Invariant($"It is a whole number from {minimum} to {maximum}.")];
    }
}
