using System.ComponentModel.DataAnnotations;

namespace RedisAspire.ApiService.Replication;

/// <summary><c>/api/replication/check</c>: checks that writes on the master arrive on all replicas, and how fast.</summary>
internal static class ReplicationEndpoints
{
    private const int MaximumWrites = 10_000;

    private static readonly ReplicationCheckResult Example = new(
        IsPassed: true, "redis-master", 0.214,
        [
            new ReplicationTest("A key is written on the master", IsPassed: true, "redis-master acknowledged it after 0.214 ms."),
            new ReplicationTest("It is read on every replica", IsPassed: true, "1 of 1 have it."),
        ],
        [new ReplicaDelay("redis-replica-1", "read", 0.611, Error: null)],
        [
            new CheckedNode("redis-master", "up", "master", Link: null, 1001, 98_304, LagBytes: null),
            new CheckedNode("redis-replica-1", "up", "replica", "up", 1001, 98_304, 0),
        ],
        new WriteTiming(1000, 61.5, 16_260), new WriteTiming(1000, 7.9, 126_582), 184.2);

    public static IServiceCollection AddReplicationCheck(this IServiceCollection services) => services.AddSingleton<ReplicationCheck>();

    public static void MapReplicationEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/replication/check", Check)
            .WithTags("Replication")
            .Describe("CheckReplication", "Writes a marker on the master and streams when each replica has it, how fast writes are, and whether all nodes have the same number of keys.",
                $"`writes` is how many writes are timed: 1 to {MaximumWrites}, 1000 without. Server-sent events: `progress`, then `result` or `failed`. "
                + "The written keys are removed again, also when the client disconnects. One check at a time: 409 meanwhile.")
            .WithResponseExample(Example)
            .ProducesValidationProblem()
            .ProducesProblems(409, 503)
            .RequireAdminKey();

    private static Results<ServerSentEventsResult<object>, ProblemHttpResult> Check(
        HttpContext context, ReplicationCheck check, RedisTopology topology, CancellationToken cancellationToken,
        [Range(1, MaximumWrites, ErrorMessage = "The number of writes is a whole number from 1 to 10000.")] int writes = 1000)
    {
        var master = topology.Snapshot.Master ?? throw new RedisUnavailableException("No Redis master is up.");
        if (check.Turns.TryEnter(context) is not { } turn)
            return Answers.Problem(409, "Another check is under way.");
        return check.RunAsync(master, writes, turn, cancellationToken).ToAnswer(cancellationToken);
    }
}
