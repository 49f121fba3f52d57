namespace RedisAspire.Caching.Resp;

/// <summary>The other side does not speak the Redis protocol, or not as agreed; the connection is of no more use.</summary>
internal sealed class RespProtocolException(string message) : Exception(message);
