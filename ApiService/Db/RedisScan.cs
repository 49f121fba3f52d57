using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

/// <summary>Goes through all there is in Redis or under one of its keys, some at a time. What is there all the time is met at least once.</summary>
internal static class RedisScan
{
    /// <summary>How much a node looks at in one step: well below a millisecond of work.</summary>
    private const int Step = 500;

    /// <summary>The names of all keys that start with one of our own prefixes.</summary>
    public static IAsyncEnumerable<RedisResult[]> KeysAsync(IDatabase database, string prefix, TimeSpan timeout, CancellationToken cancellationToken) =>
        PagesAsync(database, ["SCAN", "", "MATCH", prefix + "*", "COUNT", Step], cursor: 1, timeout, cancellationToken);

    /// <summary>The members of a set.</summary>
    public static IAsyncEnumerable<RedisResult[]> MembersAsync(IDatabase database, RedisKey key, TimeSpan timeout, CancellationToken cancellationToken) =>
        PagesAsync(database, ["SSCAN", key, "", "COUNT", Step], cursor: 2, timeout, cancellationToken);

    /// <summary>The members of a sorted set, each followed by its score.</summary>
    public static IAsyncEnumerable<RedisResult[]> ScoredMembersAsync(IDatabase database, RedisKey key, TimeSpan timeout, CancellationToken cancellationToken) =>
        PagesAsync(database, ["ZSCAN", key, "", "COUNT", Step], cursor: 2, timeout, cancellationToken);

    private static async IAsyncEnumerable<RedisResult[]> PagesAsync(
        IDatabase database, object[] command, int cursor, TimeSpan timeout, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = "0";
        do
        {
            command[cursor] = next;
            var page = (RedisResult[])(await database.ExecuteAsync((string)command[0], command[1..]).WaitAsync(timeout, cancellationToken))!;
            yield return (RedisResult[])page[1]!;
            next = (string)page[0]!;
        }
        while (next != "0");
    }
}
