namespace RedisAspire.Contracts;

/// <summary>How many commands a node has run during the last second, whoever sent them. Answer of <c>GET /api/nodes/{name}/commands/live</c>, event <c>rates</c>.</summary>
/// <param name="At">When they were counted.</param>
/// <param name="PerSecond">All of them.</param>
/// <param name="Commands">Each command, the most frequent first.</param>
public sealed record CommandRatesResponse(DateTimeOffset At, double PerSecond, IReadOnlyList<CommandRateResponse> Commands);

/// <summary>How often a node has run a command.</summary>
/// <param name="Command">The command.</param>
/// <param name="PerSecond">How often, per second.</param>
/// <param name="MicrosecondsPerCall">How long it took the node each time, waiting and network not included.</param>
public sealed record CommandRateResponse(string Command, double PerSecond, double MicrosecondsPerCall);

/// <summary>What was seen on a node. Answer of <c>GET /api/nodes/{name}/commands/live</c>, event <c>commands</c>.</summary>
/// <param name="Entries">The commands and changes, the oldest first.</param>
/// <param name="Skipped">How many changes are not among them, because there were too many.</param>
/// <param name="IsFollowing">Whether the node pushes changes at present.</param>
public sealed record LiveCommandsResponse(IReadOnlyList<LiveCommandResponse> Entries, long Skipped, bool IsFollowing);

/// <summary>A command that an instance of this API has sent, or a change that the node has pushed.</summary>
/// <param name="At">When it was sent, or when the change arrived.</param>
/// <param name="Kind"><c>command</c> or <c>change</c>.</param>
/// <param name="Text">The command as for <c>redis-cli</c>; the key that was changed, has expired or was removed.</param>
/// <param name="Instance">The instance that sent the command; nothing for a change, which may come from anybody.</param>
/// <param name="Microseconds">How long the instance waited for the reply.</param>
public sealed record LiveCommandResponse(DateTimeOffset At, string Kind, string Text, string? Instance, double? Microseconds);
