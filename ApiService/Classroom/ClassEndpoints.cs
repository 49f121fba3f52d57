using System.ComponentModel.DataAnnotations;
using RedisAspire.ApiService.Data;

namespace RedisAspire.ApiService.Classroom;

/// <summary><c>/api/class</c>: the learners of a class and what they have done. The web page knows who its visitors are, and asks for them.</summary>
internal static class ClassEndpoints
{
    public static IServiceCollection AddClass(this IServiceCollection services) => services.AddApplicationStore().AddSingleton<ClassStore>();

    public static void MapClassEndpoints(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/class").WithTags("Class").ProducesProblem(StatusCodes.Status503ServiceUnavailable).RequireAdminKey();
        var example = new LearnerResponse("alice", new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero), ["cache", "install"], MayInjectFaults: false);

        group.MapGet("", async (ClassStore store, CancellationToken cancellationToken) => TypedResults.Ok(new ClassResponse(await store.ListAsync(cancellationToken))))
            .WithName("GetClass")
            .WithSummary("Lists the learners of the class, and which steps of the workshop they have done.")
            .WithResponseExample(new ClassResponse([example]));

        group.MapDelete("", async (ClassStore store, CancellationToken cancellationToken) =>
            {
                await store.EndAsync(cancellationToken);
                return TypedResults.NoContent();
            })
            .WithName("EndClass")
            .WithSummary("Removes all learners.");

        group.MapDelete("/steps", async (ClassStore store, CancellationToken cancellationToken) =>
            {
                await store.ResetAllAsync(cancellationToken);
                return TypedResults.NoContent();
            })
            .WithName("ResetClass")
            .WithSummary("Forgets the steps of all learners.");

        var learners = group.MapGroup("/learners");

        learners.MapPost("", JoinAsync)
            .WithName("JoinClass")
            .WithSummary("Adds a learner.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .AcceptsBody()
            .WithRequestExample(new JoinRequest("alice"))
            .WithResponseExample(example with { Steps = [] });

        Change(learners.MapDelete("/{name}", (string name, ClassStore store, CancellationToken cancellationToken) => AnswerAsync(store.RemoveAsync(name, cancellationToken))),
            "RemoveLearner", "Removes a learner, whose name is free then.");
        Change(learners.MapDelete("/{name}/steps", (string name, ClassStore store, CancellationToken cancellationToken) => AnswerAsync(store.ResetAsync(name, cancellationToken))),
            "ResetLearner", "Forgets the steps of a learner.");
        Change(learners.MapPut("/{name}/steps/{step}", FinishAsync), "FinishStep", "Keeps that a learner has done a step.").ProducesValidationProblem();
        Change(learners.MapPut("/{name}/faults", (string name, ClassStore store, CancellationToken cancellationToken) => AnswerAsync(store.TrustAsync(name, isTrusted: true, cancellationToken))),
            "GiveFaultInjection", "Lets a learner stop and pause nodes.");
        Change(learners.MapDelete("/{name}/faults", (string name, ClassStore store, CancellationToken cancellationToken) => AnswerAsync(store.TrustAsync(name, isTrusted: false, cancellationToken))),
            "TakeBackFaultInjection", "Takes that back.");

        static RouteHandlerBuilder Change(RouteHandlerBuilder endpoint, string name, string summary) =>
            endpoint.WithName(name).WithSummary(summary).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Created<LearnerResponse>, ValidationProblem, ProblemHttpResult>> JoinAsync(
        JoinRequest request, ClassStore store, CancellationToken cancellationToken)
    {
        // The learner's keys begin with the name and a colon.
        if (DataKey.ReservedPrefixes.Contains($"{request.Name.ToLowerInvariant()}:", StringComparer.Ordinal))
            return Invalid.Parameter("name", $"The name {request.Name} is the application's own.");
        var (learner, refusal) = await store.JoinAsync(request.Name, cancellationToken);
        return refusal switch
        {
            JoinRefusal.Taken => TypedResults.Problem("Another learner has this name.", statusCode: StatusCodes.Status409Conflict, title: "The name is taken"),
            JoinRefusal.Full => TypedResults.Problem($"There are {ClassStore.MaximumLearners} learners already.", statusCode: StatusCodes.Status409Conflict, title: "The class is full"),
            _ => TypedResults.Created($"/api/class/learners/{Uri.EscapeDataString(learner!.Name)}", learner),
        };
    }

    private static Task<Results<NoContent, ProblemHttpResult>> FinishAsync(
        string name,
        [RegularExpression("^[a-z-]{1,32}$", ErrorMessage = "A step has 1 to 32 characters: letters from a to z and '-'.")] string step,
        ClassStore store,
        CancellationToken cancellationToken) => AnswerAsync(store.FinishAsync(name, step, cancellationToken));

    private static async Task<Results<NoContent, ProblemHttpResult>> AnswerAsync(Task<bool> change) => await change
        ? TypedResults.NoContent()
        : TypedResults.Problem("There is no learner of this name.", statusCode: StatusCodes.Status404NotFound);
}
