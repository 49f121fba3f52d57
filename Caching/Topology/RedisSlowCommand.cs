using RedisAspire.Caching.Tracking;

namespace RedisAspire.Caching.Topology;

/// <summary>A command in a node's slow log.</summary>
/// <param name="Id">Its number in the slow log.</param>
/// <param name="At">When it ran.</param>
/// <param name="Microseconds">How long it took the node, waiting and network not included.</param>
/// <param name="Arguments">The command and its arguments, cut off where they are long.</param>
/// <param name="ClientAddress">Where it came from.</param>
/// <param name="ClientName">What the client calls itself; empty when it has no name.</param>
public sealed record RedisSlowCommand(
    long Id, DateTimeOffset At, long Microseconds, IReadOnlyList<string> Arguments, string ClientAddress, string ClientName)
{
    /// <summary>Reads the reply to <c>SLOWLOG GET</c>. See https://redis.io/docs/latest/commands/slowlog-get/.</summary>
    internal static IReadOnlyList<RedisSlowCommand> ReadAll(in RespFrame reply) => [.. reply.Items.Select(Read)];

    private static RedisSlowCommand Read(RespFrame entry) => entry.Items is [var id, var at, var took, var arguments, var address, var name, ..]
        ? new RedisSlowCommand(
            id.Integer,
            RespTime.UnixSeconds(at.Integer),
            took.Integer,
            [.. arguments.Items.Select(argument => argument.Text)],
            address.Text,
            name.Text)
        : throw new RespProtocolException("An entry of the slow log has fewer parts than is known.");
}
