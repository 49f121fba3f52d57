namespace RedisAspire.Web.Api.Lab;

/// <summary>Jobs that were put aside.</summary>
/// <param name="Items">The jobs, the last one first.</param>
public sealed record DeadJobsResponse(IReadOnlyList<DeadJobResponse> Items);
