namespace RedisAspire.Web.Api.Replication;

/// <summary>One test of the replication check.</summary>
/// <param name="Name">What was tested.</param>
/// <param name="IsPassed">Whether it went as it should.</param>
/// <param name="Detail">What was found.</param>
public sealed record ReplicationTest(string Name, bool IsPassed, string Detail);
