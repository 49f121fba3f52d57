namespace RedisAspire.ApiService.Queue;

/// <summary>The answer of <c>POST /api/queue/dead/retry</c>.</summary>
/// <param name="Retried">How many jobs were put back into the queue.</param>
internal sealed record RetriedResponse(long Retried);
