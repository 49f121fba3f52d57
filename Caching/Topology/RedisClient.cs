namespace RedisAspire.Caching.Topology;

/// <summary>A connection to a node.</summary>
/// <param name="Id">Its number, which is never used again.</param>
/// <param name="Address">Where it comes from.</param>
/// <param name="Name">What the client calls itself; empty when it has no name.</param>
/// <param name="User">The ACL user.</param>
/// <param name="AgeSeconds">How long it has been there.</param>
/// <param name="IdleSeconds">How long it has been silent.</param>
/// <param name="Database">The database that it has chosen.</param>
/// <param name="Command">Its last command.</param>
/// <param name="Flags">What the node says of it in letters. See https://redis.io/docs/latest/commands/client-list/.</param>
/// <param name="IsReplica">Whether it is a replica of the node.</param>
/// <param name="IsTracking">Whether the node tells it when keys change.</param>
/// <param name="IsBroadcast">Whether it is told of every key with its prefixes, whether it read them or not.</param>
public sealed record RedisClient(
    long Id,
    string Address,
    string Name,
    string User,
    long AgeSeconds,
    long IdleSeconds,
    int Database,
    string Command,
    string Flags,
    bool IsReplica,
    bool IsTracking,
    bool IsBroadcast)
{
    /// <summary>Reads the reply to <c>CLIENT LIST</c>, those that were active last first.</summary>
    internal static IEnumerable<RedisClient> ReadAll(string reply) => reply
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(Read)
        .OrderBy(client => client.IdleSeconds)
        .ThenBy(client => client.Id);

    private static RedisClient Read(string line)
    {
        var flags = Text("flags");
        return new RedisClient(
            Number("id"), Text("addr"), Text("name"), Text("user"), Number("age"), Number("idle"), (int)Number("db"), Text("cmd"), flags,
            flags.Contains('S'), flags.Contains('t'), flags.Contains('B'));

        string Text(string part) => RedisInfo.PartOf(line, part, ' ') ?? "";
        long Number(string part) => RedisInfo.ToNumber(Text(part)) ?? 0;
    }
}
