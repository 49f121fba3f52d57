namespace RedisAspire.ApiService.Queue;

/// <summary>The answer of <c>GET /api/queue</c>.</summary>
/// <param name="Node">The Redis node that answered: the master.</param>
/// <param name="Length">How many jobs are not done.</param>
/// <param name="Pending">How many of them have been given to a consumer.</param>
/// <param name="Processed">How many have been done since the queue has existed.</param>
/// <param name="Retried">How often a job was taken over since then.</param>
/// <param name="Dead">How many were put aside and are still kept.</param>
/// <param name="Consumers">The instances that work on it.</param>
internal sealed record QueueResponse(
    string? Node, long Length, long Pending, long Processed, long Retried, long Dead, IReadOnlyList<ConsumerResponse> Consumers);
