namespace RedisAspire.Web.Api.Replication;

/// <summary>How long writes took.</summary>
/// <param name="Writes">How many were done.</param>
/// <param name="ElapsedMs">How long all of them took.</param>
/// <param name="PerSecond">How many that is in a second.</param>
public sealed record WriteTiming(int Writes, double ElapsedMs, double PerSecond);
