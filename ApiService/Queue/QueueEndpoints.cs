using System.ComponentModel.DataAnnotations;
using RedisAspire.ApiService.RateLimiting;

namespace RedisAspire.ApiService.Queue;

/// <summary><c>/api/queue</c>: jobs that warm the cache, done by any instance.</summary>
internal static class QueueEndpoints
{
    private const int MaximumLimit = 100;

    public static void AddQueue(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<QueueOptions>()
            .BindConfiguration("Queue")
            .Validate(
                options => options.IsValid,
                "Queue: everything must be positive, AbandonedAfter longer than JobTimeout, and ForgetConsumersAfter longer than TakeOverInterval.");
        services.AddSingleton<ConsumerGroup>();
        services.AddSingleton<JobQueue>();
        services.AddSingleton<DeadJobs>();
        services.AddHostedService<QueueWorker>();
    }

    public static void MapQueueEndpoints(this IEndpointRouteBuilder routes)
    {
        var queue = routes.MapGroup("/api/queue").WithTags("Queue").ProducesProblems(503);

        queue.MapPost("", EnqueueAsync)
            .Describe("EnqueueWarming", "Queues a job that warms the cache: one of the instances reads the keys.",
                $"More than {WarmingRules.MaximumKeysOfVisitors} keys need the admin key.")
            .ProducesProblems(429)
            .ProducesValidationProblem()
            .AcceptsBody(new WarmingRequest(["foo", "bar"]))
            .WithResponseExample(new QueuedResponse("1769860800000-0", 2))
            .MayNeedAdminKey();

        queue.MapGet("", (JobQueue queue, CancellationToken cancellationToken) => queue.GetStateAsync(cancellationToken))
            .Describe("GetQueue", "Shows the number of waiting jobs, the consumers, and the totals.")
            .WithResponseExample(new QueueResponse(
                "redis-master", Length: 5, Pending: 4, Processed: 118, Retried: 2, Dead: 1, [new ConsumerResponse("web-1-5d02c7", 4, 310)]));

        var dead = queue.MapGroup("/dead");

        dead.MapGet("", GetDeadAsync)
            .Describe("GetDeadJobs", "Lists the jobs that were put aside because they could not be done, the last one first.",
                $"`limit` is 1 to {MaximumLimit}, 20 if not given; `cursor` is what the page before gave as `next`.")
            .ProducesValidationProblem()
            .WithResponseExample(new DeadJobsResponse(
                "redis-replica-1",
                [new DeadJobResponse("1769860980000-0", "1769860800000-0", ["foo"], 3, "It took longer than 45 s.", new DateTimeOffset(2026, 1, 31, 12, 3, 0, TimeSpan.Zero))],
                Next: null));

        dead.MapPost("/retry", async (DeadJobs dead, CancellationToken cancellationToken) => new RetriedResponse(await dead.RetryAsync(cancellationToken)))
            .Describe("RetryDeadJobs", "Puts the jobs that were put aside back into the queue, as far as there is room.")
            .WithResponseExample(new RetriedResponse(1))
            .RequireAdminKey();

        dead.MapDelete("", (DeadJobs dead, CancellationToken cancellationToken) => Answers.NoContentAfterAsync(dead.ClearAsync(cancellationToken)))
            .Describe("DeleteDeadJobs", "Removes the jobs that were put aside.")
            .RequireAdminKey();
    }

    private static async Task<Results<Accepted<QueuedResponse>, ProblemHttpResult, ValidationProblem>> EnqueueAsync(
        WarmingRequest request, JobQueue queue, VisitorLimits limits, HttpContext context, CancellationToken cancellationToken)
    {
        if (WarmingRules.Check(request.Keys) is { } error)
            return Answers.Invalid("keys", error);
        if (request.Keys.Count > WarmingRules.MaximumKeysOfVisitors && context.RefuseWithoutAdminKey() is { } refusal)
            return refusal;
        if (limits.CountCreation(context) is { } excess)
            return excess;
        if (await queue.EnqueueAsync(request.Keys, cancellationToken) is { } id)
            return TypedResults.Accepted("/api/queue", new QueuedResponse(id, request.Keys.Count));

        context.Response.Headers.RetryAfter = "1";
        return Answers.Problem(503, "The queue takes no more jobs. Try again in a moment.", "The queue is full");
    }

    private static Task<DeadJobsResponse> GetDeadAsync(
        DeadJobs dead, CancellationToken cancellationToken,
        [Range(1, MaximumLimit, ErrorMessage = "The limit is a number from 1 to 100.")] int limit = 20, [StreamCursor] string? cursor = null) => dead.GetAsync(limit, cursor, cancellationToken);
}
