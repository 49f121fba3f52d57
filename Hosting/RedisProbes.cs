using System.Globalization;

namespace RedisAspire.Hosting;

/// <summary>What a container's runtime has to know of a node or sentinel: how to ask it, and how much it may need.</summary>
internal static class RedisProbes
{
    // The password is in the environment, as REDISCLI_AUTH. A replica whose link is down answers, but is not ready.
    private const string Alive = "redis-cli -p {0} ping | grep -q -e PONG -e LOADING -e MASTERDOWN";
    private const string Ready = "redis-cli -p {0} info replication | grep -q -e role:master -e master_link_status:up";
    private const string SentinelReady = "redis-cli -p {0} ping | grep -q PONG";

    /// <summary>A shell command that succeeds unless it has to be started again.</summary>
    public static string AliveCommand(RedisMember member) => Command(Alive, member);

    /// <summary>A shell command that succeeds when it does its work.</summary>
    public static string ReadyCommand(RedisMember member) => Command(member.IsSentinel ? SentinelReady : Ready, member);

    /// <summary>How much memory it may use. Rewriting the append-only file may double what a node needs for a while.</summary>
    public static int? MemoryLimitMegabytes(RedisReplicationResource redis, RedisMember member) =>
        member.IsSentinel ? 64 : redis.Settings.MaxMemoryMegabytes is { } megabytes ? Math.Max(64, 2 * megabytes) : null;

    private static string Command(string command, RedisMember member) => string.Format(CultureInfo.InvariantCulture, command, member.Endpoint.TargetPort);
}
