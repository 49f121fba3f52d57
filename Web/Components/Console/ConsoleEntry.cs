using RedisAspire.Web.Api;

namespace RedisAspire.Web.Components.Console;

/// <summary>A line of the console, and what came of it.</summary>
/// <param name="Number">Its number on the page.</param>
/// <param name="Line">The command with its arguments.</param>
/// <param name="Node">The node that it was for; null for the master.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Problem">Why there is none.</param>
public sealed record ConsoleEntry(int Number, string Line, string? Node, ConsoleResponse? Answer, CacheApiException? Problem);
