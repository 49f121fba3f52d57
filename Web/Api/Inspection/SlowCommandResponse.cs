namespace RedisAspire.Web.Api.Inspection;

/// <summary>A command in a node's slow log.</summary>
/// <param name="Id">Its number in the slow log.</param>
/// <param name="At">When it ran.</param>
/// <param name="Microseconds">How long it took the node, waiting and network not included.</param>
/// <param name="Arguments">The command and its arguments, cut off where they are long.</param>
/// <param name="ClientAddress">Where it came from.</param>
/// <param name="ClientName">What the client calls itself; empty when it has no name.</param>
public sealed record SlowCommandResponse(
    long Id, DateTimeOffset At, long Microseconds, IReadOnlyList<string> Arguments, string ClientAddress, string ClientName)
{
    /// <summary>The whole command as a person types it.</summary>
    public string Command => string.Join(' ', Arguments);

    /// <summary>Who sent it.</summary>
    public string Client => ClientName.Length > 0 ? ClientName : ClientAddress;
}
