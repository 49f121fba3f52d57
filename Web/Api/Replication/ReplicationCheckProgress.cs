namespace RedisAspire.Web.Api.Replication;

/// <summary>How far a replication check is.</summary>
/// <param name="Step">The test that is under way or has just ended, from 1 on.</param>
/// <param name="Steps">How many tests there are.</param>
/// <param name="Detail">What was found last.</param>
public sealed record ReplicationCheckProgress(int Step, int Steps, string Detail);
