using System.ComponentModel.DataAnnotations;

namespace RedisAspire.Contracts;

/// <summary>The body of <c>POST /api/console</c>.</summary>
/// <param name="Line">A command as <c>redis-cli</c> takes it, with quotation marks where an argument needs them.</param>
/// <param name="Node">The node; the master when none is named.</param>
public sealed record ConsoleRequest([property: MaxLength(16_384, ErrorMessage = "A line has at most 16384 characters.")] string Line, string? Node = null);

/// <summary>The answer of <c>POST /api/console</c>.</summary>
/// <param name="Node">The node that has run the command.</param>
/// <param name="Command">Its name.</param>
/// <param name="Type">The type of the reply: <c>string</c>, <c>status</c>, <c>integer</c>, <c>double</c>, <c>boolean</c>, <c>nil</c>, <c>array</c>, <c>map</c>, <c>set</c> or <c>error</c>.</param>
/// <param name="Text">The reply as <c>redis-cli</c> writes it.</param>
/// <param name="Truncated">Whether that is only the beginning.</param>
/// <param name="Meaning">What the reply means.</param>
/// <param name="ElapsedMs">How long the node took to answer, in milliseconds.</param>
public sealed record ConsoleResponse(string Node, string Command, string Type, string Text, bool Truncated, string Meaning, double ElapsedMs);

/// <summary>A command that the console runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Access"><c>read</c>, or <c>write</c> for those that need the admin key.</param>
/// <param name="Syntax">Its arguments.</param>
/// <param name="Meaning">What its reply means.</param>
public sealed record ConsoleCommandResponse(string Name, string Access, string Syntax, string Meaning);

/// <summary>The answer of <c>GET /api/console/commands</c>.</summary>
/// <param name="Allowed">The commands that are run.</param>
/// <param name="Refused">Commands that are not, with the reasons. All others are refused as well.</param>
public sealed record ConsoleCommandsResponse(IReadOnlyList<ConsoleCommandResponse> Allowed, IReadOnlyList<RefusedCommandsResponse> Refused);

/// <summary>Commands that are refused for the same reason.</summary>
/// <param name="Names">Their names.</param>
/// <param name="Reason">The reason.</param>
public sealed record RefusedCommandsResponse(IReadOnlyList<string> Names, string Reason);
