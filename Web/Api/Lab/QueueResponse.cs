namespace RedisAspire.Web.Api.Lab;

/// <summary>How the queue is.</summary>
/// <param name="Length">How many jobs are not done.</param>
/// <param name="Pending">How many of them have been given to a consumer.</param>
/// <param name="Processed">How many have been done since the queue has existed.</param>
/// <param name="Retried">How often a job was taken over since then.</param>
/// <param name="Dead">How many were put aside and are still kept.</param>
/// <param name="Consumers">The instances that work on it.</param>
public sealed record QueueResponse(
    long Length, long Pending, long Processed, long Retried, long Dead, IReadOnlyList<ConsumerResponse> Consumers);
