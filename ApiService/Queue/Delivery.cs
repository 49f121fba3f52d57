namespace RedisAspire.ApiService.Queue;

/// <summary>A job as it was given to a consumer, who is to acknowledge it.</summary>
/// <param name="Id">The entry's id in the stream.</param>
/// <param name="Keys">The keys to warm; <see langword="null"/> when the entry is no job.</param>
/// <param name="Number">How often it has been given to a consumer, this time included.</param>
internal sealed record Delivery(string Id, IReadOnlyList<string>? Keys, long Number);
