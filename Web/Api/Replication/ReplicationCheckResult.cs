namespace RedisAspire.Web.Api.Replication;

/// <summary>What a replication check found.</summary>
/// <param name="IsPassed">Whether every test went as it should.</param>
/// <param name="Master">The node that was written to.</param>
/// <param name="WrittenAfterMs">How long until the master had acknowledged what was written.</param>
/// <param name="Tests">The tests, in their order.</param>
/// <param name="Replicas">When each of the other nodes had it.</param>
/// <param name="Nodes">How all nodes were in the end.</param>
/// <param name="OneByOne">Writes sent one after another.</param>
/// <param name="Pipelined">The same writes sent without waiting in between.</param>
public sealed record ReplicationCheckResult(
    bool IsPassed,
    string Master,
    double WrittenAfterMs,
    IReadOnlyList<ReplicationTest> Tests,
    IReadOnlyList<ReplicaDelay> Replicas,
    IReadOnlyList<CheckedNode> Nodes,
    WriteTiming OneByOne,
    WriteTiming Pipelined);
