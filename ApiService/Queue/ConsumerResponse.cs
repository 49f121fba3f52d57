namespace RedisAspire.ApiService.Queue;

/// <summary>A consumer of the queue.</summary>
/// <param name="Name">The instance of the service.</param>
/// <param name="Pending">How many jobs it has been given and has not acknowledged.</param>
/// <param name="IdleMs">How long ago it was last heard of, in milliseconds.</param>
internal sealed record ConsumerResponse(string Name, long Pending, long IdleMs);
