namespace RedisAspire.ApiService.Db;

/// <summary>Another client has stored something else where a product is looked for.</summary>
internal sealed class NoProductException(string message) : Exception(message);
