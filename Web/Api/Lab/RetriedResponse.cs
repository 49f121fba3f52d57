namespace RedisAspire.Web.Api.Lab;

/// <summary>What became of the jobs that were put aside.</summary>
/// <param name="Retried">How many were put back into the queue.</param>
public sealed record RetriedResponse(long Retried);
