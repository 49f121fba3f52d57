namespace RedisAspire.Caching.Resp;

/// <summary>The server answered with an error; the connection goes on.</summary>
internal sealed class RespErrorException(string message) : Exception(message)
{
    /// <summary>The first word of the error, such as <c>WRONGTYPE</c>.</summary>
    public string Code { get; } = message.Split(' ', 2)[0];
}
