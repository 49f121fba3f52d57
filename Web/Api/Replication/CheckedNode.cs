namespace RedisAspire.Web.Api.Replication;

/// <summary>A node in the comparison of all nodes.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Keys">How many keys it holds; nothing when it is down.</param>
public sealed record CheckedNode(string Name, long? Keys);
