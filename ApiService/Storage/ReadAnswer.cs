namespace RedisAspire.ApiService.Storage;

/// <summary>What a node answered to a read.</summary>
/// <param name="Value">The answer.</param>
/// <param name="Node">The name of the node.</param>
internal sealed record ReadAnswer<T>(T Value, string Node);
