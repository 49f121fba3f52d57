namespace RedisAspire.Web.Api.Lab;

/// <summary>A job that was queued.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Keys">How many keys it is going to warm.</param>
public sealed record QueuedResponse(string Id, int Keys);
