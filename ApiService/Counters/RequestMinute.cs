namespace RedisAspire.ApiService.Counters;

/// <summary>The requests of one minute, to all instances together.</summary>
/// <param name="Minute">When it began.</param>
/// <param name="Data">Requests of <c>/data</c>.</param>
/// <param name="Api">Requests of <c>/api</c>.</param>
internal sealed record RequestMinute(DateTimeOffset Minute, long Data, long Api);
