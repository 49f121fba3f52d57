using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Problems;

/// <summary>
/// Says in one sentence why Redis failed. The client's own text stays out of answers: it names addresses and
/// internal state.
/// </summary>
internal static class RedisFailure
{
    public static string Describe(Exception failure) => failure switch
    {
        RedisUnavailableException => failure.Message,
        RedisServerException => Describe(failure.Message.Split(' ', 2)[0]),
        RedisConnectionException => "The connection to Redis was lost.",
        _ => "Redis did not answer in time.",
    };

    /// <summary>Whether what is stored under a key is of another kind than was expected.</summary>
    public static bool IsWrongType(Exception failure) =>
        failure is RedisServerException && failure.Message.Contains("WRONGTYPE", StringComparison.Ordinal);

    // See "Redis error prefixes": the first word of an error names its kind.
    private static string Describe(string code) => code switch
    {
        "READONLY" => "The Redis master has just become a replica, which takes no writes.",
        "MASTERDOWN" => "The Redis node has lost its master.",
        "LOADING" => "Redis is loading its data.",
        "OOM" => "Redis has no memory left for this.",
        "NOAUTH" or "WRONGPASS" or "NOPERM" => "Redis does not let this service in: its password or user is not the right one.",
        "BUSY" => "Redis is busy with a script.",
        "MISCONF" => "Redis cannot write to its disk and takes no writes.",
        "NOREPLICAS" => "Redis has not enough replicas to take writes.",
        _ => "Redis refused the command.",
    };
}
