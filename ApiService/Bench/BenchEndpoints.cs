namespace RedisAspire.ApiService.Bench;

/// <summary><c>/api/bench</c>: measures each level of the cache.</summary>
internal static class BenchEndpoints
{
    private static readonly BenchResult Example = new(
        new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero), new BenchRequest(ReadPercent: 99), 1000, StoppedEarly: false, 14.9, 67_114.1,
        [
            new LatencySummary("near", 880, 59_060.4, 0.000415, 0.000959, 0.009215, 0.051),
            new LatencySummary("redis", 109, 7315.4, 0.243, 0.671, 1.211, 1.294),
            new LatencySummary("write", 11, 738.3, 0.311, 0.503, 0.503, 0.503),
        ]);

    public static void AddBench(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<BenchOptions>()
            .BindConfiguration("Bench")
            .Validate(options => options.MaximumDuration > TimeSpan.Zero, "Bench:MaximumDuration must be positive.");
        services.AddSingleton<BenchHistory>();
        services.AddSingleton<BenchRunner>();
    }

    public static void MapBenchEndpoints(this IEndpointRouteBuilder routes)
    {
        var bench = routes.MapGroup("/api/bench").WithTags("Bench");

        bench.MapPost("", Run)
            .Describe("RunBench", "Makes many requests to one level of the cache, and streams their latencies.",
                "Server-sent events: `progress` about four times a second, then `result` or `failed`. The cache is filled and warmed up before it is measured. "
                + "`each` measures the three levels one after the other for the same time, with reads only; `requests` and `readPercent` mean nothing then. "
                + "A run ends when its time is up (`stoppedEarly`) or the client goes, and its keys are removed. One run at a time: 409 meanwhile.")
            .AcceptsBody(new BenchRequest(ReadPercent: 99))
            .WithResponseExample(Example)
            .ProducesProblems(409)
            .RequireAdminKey();

        bench.MapGet("", (BenchHistory history, CancellationToken cancellationToken) => history.ReadAsync(cancellationToken))
            .Describe("GetBenchRuns", $"Lists the last {BenchHistory.Length} runs of the bench, the latest first.")
            .WithResponseExample(new[] { Example })
            .ProducesProblems(503);
    }

    private static Results<ServerSentEventsResult<object>, ValidationProblem, ProblemHttpResult> Run(
        BenchRequest request, HttpContext context, BenchRunner runner, CancellationToken cancellationToken)
    {
        if (request is { Level: BenchRequest.Source, ReadPercent: not 100 })
            return Answers.Invalid("readPercent", "The source is only read: it is 100 there.");
        if (runner.Turns.TryEnter(context) is not { } turn)
            return Answers.Problem(409, "Another run is under way.");
        return runner.RunAsync(request, turn, cancellationToken).ToAnswer(cancellationToken);
    }
}
