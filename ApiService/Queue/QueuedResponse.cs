namespace RedisAspire.ApiService.Queue;

/// <summary>The answer of <c>POST /api/queue</c>.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Keys">How many keys it is going to warm.</param>
internal sealed record QueuedResponse(string Id, int Keys);
