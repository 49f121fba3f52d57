using System.ComponentModel.DataAnnotations;
using RedisAspire.ApiService.Data;

namespace RedisAspire.ApiService.Classroom;

/// <summary><c>/api/class</c>: the learners of a class and what they have done. The web page knows who its visitors are, and asks for them.</summary>
internal static class ClassEndpoints
{
    public static IServiceCollection AddClass(this IServiceCollection services) => services.AddSingleton<ClassStore>();

    public static void MapClassEndpoints(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/class").WithTags("Class").ProducesProblems(503).RequireAdminKey();
        var example = new LearnerResponse("alice", new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero), ["cache", "install"], MayInjectFaults: false);

        group.MapGet("", async (ClassStore store, CancellationToken cancellationToken) => new ClassResponse(await store.ListAsync(cancellationToken)))
            .Describe("GetClass", "Lists the learners of the class, and which steps of the workshop they have done.")
            .WithResponseExample(new ClassResponse([example]));

        group.MapDelete("", (ClassStore store, CancellationToken cancellationToken) => Answers.NoContentAfterAsync(store.EndAsync(cancellationToken)))
            .Describe("EndClass", "Removes all learners.");

        group.MapDelete("/steps", (ClassStore store, CancellationToken cancellationToken) => Answers.NoContentAfterAsync(store.ResetAllAsync(cancellationToken)))
            .Describe("ResetClass", "Forgets the steps of all learners.");

        var learners = group.MapGroup("/learners");

        learners.MapPost("", JoinAsync)
            .Describe("JoinClass", "Adds a learner.")
            .ProducesValidationProblem()
            .ProducesProblems(409)
            .AcceptsBody(new JoinRequest("alice"))
            .WithResponseExample(example with { Steps = [] });

        var learner = learners.MapGroup("/{name}").ProducesProblems(404);
        learner.MapDelete("", (string name, ClassStore store, CancellationToken cancellationToken) => ChangedAsync(store.RemoveAsync(name, cancellationToken)))
            .Describe("RemoveLearner", "Removes a learner, whose name is free then.");
        learner.MapDelete("/steps", (string name, ClassStore store, CancellationToken cancellationToken) => ChangedAsync(store.ResetAsync(name, cancellationToken)))
            .Describe("ResetLearner", "Forgets the steps of a learner.");
        learner.MapPut("/steps/{step}", FinishAsync).Describe("FinishStep", "Keeps that a learner has done a step.").ProducesValidationProblem();
        learner.MapPut("/faults", (string name, ClassStore store, CancellationToken cancellationToken) => ChangedAsync(store.TrustAsync(name, isTrusted: true, cancellationToken)))
            .Describe("GiveFaultInjection", "Lets a learner stop and pause nodes.");
        learner.MapDelete("/faults", (string name, ClassStore store, CancellationToken cancellationToken) => ChangedAsync(store.TrustAsync(name, isTrusted: false, cancellationToken)))
            .Describe("TakeBackFaultInjection", "Takes that back.");
    }

    private static async Task<Results<Created<LearnerResponse>, ValidationProblem, ProblemHttpResult>> JoinAsync(
        JoinRequest request, ClassStore store, CancellationToken cancellationToken)
    {
        // The learner's keys begin with the name and a colon.
        if (DataKey.ReservedPrefixes.Contains($"{request.Name.ToLowerInvariant()}:", StringComparer.Ordinal))
            return Answers.Invalid("name", $"The name {request.Name} is the application's own.");
        var (learner, refusal) = await store.JoinAsync(request.Name, cancellationToken);
        return refusal switch
        {
            JoinRefusal.Taken => Answers.Problem(409, "Another learner has this name.", "The name is taken"),
            JoinRefusal.Full => Answers.Problem(409, $"There are {ClassStore.MaximumLearners} learners already.", "The class is full"),
            _ => TypedResults.Created($"/api/class/learners/{Uri.EscapeDataString(learner!.Name)}", learner),
        };
    }

    private static Task<Results<NoContent, ProblemHttpResult>> FinishAsync(
        string name,
        [RegularExpression("^[a-z-]{1,32}$", ErrorMessage = "A step has 1 to 32 characters: letters from a to z and '-'.")] string step,
        ClassStore store,
        CancellationToken cancellationToken) => ChangedAsync(store.FinishAsync(name, step, cancellationToken));

    private static Task<Results<NoContent, ProblemHttpResult>> ChangedAsync(Task<bool> change) => Answers.NoContentOr404Async(change, "There is no learner of this name.");
}
