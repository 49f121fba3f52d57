namespace RedisAspire.Web.Api.Inspection;

/// <summary>How often a node has run a command since it started, and what that has cost.</summary>
/// <param name="Command">The command, as <c>get</c> or <c>config|set</c>.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Microseconds">How long all of that took.</param>
/// <param name="MicrosecondsPerCall">How long one took on average.</param>
/// <param name="Rejected">How often it was refused before it ran.</param>
/// <param name="Failed">How often it ended with an error.</param>
public sealed record CommandUsageResponse(string Command, long Calls, long Microseconds, double MicrosecondsPerCall, long Rejected, long Failed);
