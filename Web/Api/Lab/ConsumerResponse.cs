namespace RedisAspire.Web.Api.Lab;

/// <summary>A consumer of the queue.</summary>
/// <param name="Name">The instance of the API.</param>
/// <param name="Pending">How many jobs it has been given and has not acknowledged.</param>
/// <param name="IdleMs">How long ago it was last heard of, in milliseconds.</param>
public sealed record ConsumerResponse(string Name, long Pending, long IdleMs);
