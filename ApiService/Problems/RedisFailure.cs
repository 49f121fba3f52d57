using System.Net.Sockets;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Problems;

/// <summary>
/// Says in one sentence why Redis failed. The client's own text stays out of answers: it names addresses and
/// internal state.
/// </summary>
internal static class RedisFailure
{
    // An error starts with the code of its kind; an error of a script has it further on in some versions.
    private static readonly (string Code, string Sentence)[] Refusals =
    [
        ("READONLY ", "The Redis master has just become a replica, which takes no writes."),
        ("MASTERDOWN ", "The Redis node has lost its master."),
        ("LOADING ", "Redis is loading its data."),
        ("OOM ", "Redis has no memory left for this."),
        ("NOAUTH ", NoEntry),
        ("WRONGPASS ", NoEntry),
        ("NOPERM ", NoEntry),
        ("BUSY ", "Redis is busy with a script."),
        ("MISCONF ", "Redis cannot write to its disk and takes no writes."),
        ("NOREPLICAS ", "Redis has not enough replicas to take writes."),
    ];

    private const string NoEntry = "Redis does not let this service in: its user or password is not the right one.";

    public static string Describe(Exception failure) => failure switch
    {
        RedisUnavailableException => failure.Message,
        RedisServerException => Refusals.FirstOrDefault(refusal => failure.Message.Contains(refusal.Code, StringComparison.Ordinal)).Sentence ?? "Redis refused the command.",
        RedisConnectionException or IOException or SocketException => "The connection to Redis was lost.",
        _ => "Redis did not answer in time.",
    };

    /// <summary>Whether what is stored under a key is of another kind than was expected.</summary>
    public static bool IsWrongType(Exception failure) =>
        failure is RedisServerException && failure.Message.Contains("WRONGTYPE", StringComparison.Ordinal);
}
