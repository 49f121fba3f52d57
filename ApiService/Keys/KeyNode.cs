using StackExchange.Redis;

namespace RedisAspire.ApiService.Keys;

/// <summary>A node to look into.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Database">Its commands.</param>
internal sealed record KeyNode(string Name, IDatabase Database);
