namespace RedisAspire.Contracts;

/// <summary>The progress of a replication check.</summary>
/// <param name="Step">The test that is under way or has just ended, from 1 on.</param>
/// <param name="Steps">How many tests there are.</param>
/// <param name="Detail">What was found last.</param>
public sealed record ReplicationCheckProgress(int Step, int Steps, string Detail);

/// <summary>The result of a replication check.</summary>
/// <param name="IsPassed">Whether every test went as it should.</param>
/// <param name="Master">The node that was written to.</param>
/// <param name="WrittenAfterMs">How long until the master had acknowledged the marker.</param>
/// <param name="Tests">The tests, in their order.</param>
/// <param name="Replicas">When each of the other nodes had the marker.</param>
/// <param name="Nodes">How all nodes were in the end.</param>
/// <param name="OneByOne">Writes sent one after another, each when the one before was acknowledged.</param>
/// <param name="Pipelined">The same writes sent without waiting in between.</param>
/// <param name="ElapsedMs">How long the check took.</param>
public sealed record ReplicationCheckResult(
    bool IsPassed,
    string Master,
    double WrittenAfterMs,
    IReadOnlyList<ReplicationTest> Tests,
    IReadOnlyList<ReplicaDelay> Replicas,
    IReadOnlyList<CheckedNode> Nodes,
    WriteTiming OneByOne,
    WriteTiming Pipelined,
    double ElapsedMs);

/// <summary>One test of the replication check.</summary>
/// <param name="Name">What was tested.</param>
/// <param name="IsPassed">Whether it went as it should.</param>
/// <param name="Detail">What was found.</param>
public sealed record ReplicationTest(string Name, bool IsPassed, string Detail);

/// <summary>When a replica had the marker that was written on the master.</summary>
/// <param name="Node">The replica.</param>
/// <param name="Status"><c>read</c>, <c>late</c> when it did not have it in time, or <c>down</c>.</param>
/// <param name="ReadableAfterMs">How long after the write was sent the marker could be read.</param>
/// <param name="Error">Why it could not.</param>
public sealed record ReplicaDelay(string Node, string Status, double? ReadableAfterMs, string? Error);

/// <summary>A node in the comparison of all nodes.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Status"><c>up</c> or <c>down</c>.</param>
/// <param name="Role"><c>master</c>, <c>replica</c> or <c>unknown</c>.</param>
/// <param name="Link">On a replica, <c>up</c> or <c>down</c>: its link to the master.</param>
/// <param name="Keys">How many keys it holds.</param>
/// <param name="Offset">Its replication offset, in bytes.</param>
/// <param name="LagBytes">On a replica, how many bytes it is behind the master.</param>
public sealed record CheckedNode(string Name, string Status, string Role, string? Link, long? Keys, long? Offset, long? LagBytes);

/// <summary>How long writes took.</summary>
/// <param name="Writes">How many were done; fewer than asked for when the time was up.</param>
/// <param name="ElapsedMs">How long all of them took.</param>
/// <param name="PerSecond">How many that is in a second.</param>
public sealed record WriteTiming(int Writes, double ElapsedMs, double PerSecond);
