using System.Text;
using System.Text.Json;

namespace RedisAspire.ApiService.Console;

/// <summary>What the console runs, and why it refuses the rest: all of it is in <c>commands.json</c>.</summary>
internal sealed class ConsoleCommands
{
    /// <summary>The most elements that a command may return or go through.</summary>
    public const int MaximumCount = 1000;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    private readonly Dictionary<string, ConsoleCommand> _allowed;
    private readonly Dictionary<string, string> _reasons;
    private readonly ConsoleRules _rules;

    public ConsoleCommands()
    {
        _rules = JsonSerializer.Deserialize<ConsoleRules>(EmbeddedScript.Read("commands.json"), Format)!;
        _allowed = _rules.Allowed.ToDictionary(command => command.Name, StringComparer.OrdinalIgnoreCase);
        _reasons = _rules.Refused.SelectMany(refused => refused.Names.Select(name => (name, refused.Reason))).ToDictionary(StringComparer.OrdinalIgnoreCase);
    }

    public ConsoleCommandsResponse ToResponse() => new(
        [.. _rules.Allowed.Select(command => new ConsoleCommandResponse(command.Name, command.Access, command.Syntax, _rules.Meanings[command.Meaning]))], _rules.Refused);

    /// <summary>The command that arguments name; a command may have two words.</summary>
    public ConsoleCommand? Find(byte[][] arguments) =>
        arguments is [var first, var second, ..] && _allowed.TryGetValue($"{Encoding.UTF8.GetString(first)} {Encoding.UTF8.GetString(second)}", out var both) ? both
        : _allowed.GetValueOrDefault(Encoding.UTF8.GetString(arguments[0]));

    public string ReasonFor(byte[][] arguments) => _reasons.GetValueOrDefault(Encoding.UTF8.GetString(arguments[0]))
        ?? (_allowed.Keys.Any(name => name.StartsWith($"{Encoding.UTF8.GetString(arguments[0])} ", StringComparison.OrdinalIgnoreCase))
            ? "Only some of its subcommands are run here: they are offered while you type."
            : "It is not on the list of commands that are run here.");

    public string MeaningOf(ConsoleCommand command) => _rules.Meanings[command.Meaning];

    public string MeaningOf(string error) => _rules.Errors.GetValueOrDefault(error.Split(' ')[0]) ?? _rules.Errors["ERR"];
}

/// <summary>The content of <c>commands.json</c>.</summary>
internal sealed record ConsoleRules(
    IReadOnlyList<ConsoleCommand> Allowed, IReadOnlyList<RefusedCommandsResponse> Refused, IReadOnlyDictionary<string, string> Meanings, IReadOnlyDictionary<string, string> Errors);

/// <summary>
/// A command that is run. Its access is <c>read</c> or <c>write</c>, and its meaning the name of what its reply means.
/// Its size is how its work is bounded: <c>whole</c> by the size of its keys, <c>part</c> the same unless two indexes bound it, <c>limit</c>
/// the same unless its COUNT or LIMIT does, <c>fields</c> by the size of the fields, <c>scan</c> and <c>some</c> by its count.
/// </summary>
internal sealed record ConsoleCommand(string Name, string Access, string Syntax, string Meaning, string? Size = null)
{
    public bool IsWrite => Access == "write";

    /// <summary>Whether its keys must be small, because it may return or go through all of their values.</summary>
    public bool NeedsSmallKeys(byte[][] arguments) => Size switch
    {
        "whole" => true,
        "part" => !HasIndexes(arguments) && !HasLimit(arguments),
        "limit" => !HasLimit(arguments),
        _ => false,
    };

    public bool AsksTooMuch(byte[][] arguments) => Size switch
    {
        "scan" => After(arguments, 2, "COUNT") is { } text && !IsFew(text),
        "some" => arguments.Length > 2 && !(Number(arguments[2]) is { } count && Math.Abs(count) <= ConsoleCommands.MaximumCount),
        _ => false,
    };

    private static bool HasLimit(byte[][] arguments) => (After(arguments, 4, "COUNT") ?? After(arguments, 4, "LIMIT", places: 2)) is { } limit && IsFew(limit);

    // Two indexes from the beginning. Scores and texts are no indexes.
    private static bool HasIndexes(byte[][] arguments) =>
        arguments.Length > 3 && Number(arguments[2]) is >= 0 and var start && Number(arguments[3]) is >= 0 and var end && end - start < ConsoleCommands.MaximumCount
        && !Array.Exists(arguments, argument => Text(argument) is "BYSCORE" or "BYLEX");

    private static bool IsFew(byte[] text) => Number(text) is > 0 and <= ConsoleCommands.MaximumCount;

    // The first arguments are keys and their like, which may have any text.
    private static byte[]? After(byte[][] arguments, int from, string word, int places = 1) =>
        Array.FindLastIndex(arguments, argument => Text(argument) == word) is var at && at >= from
            ? at + places < arguments.Length ? arguments[at + places] : []
            : null;

    private static string Text(byte[] argument) => Encoding.UTF8.GetString(argument).ToUpperInvariant();

    private static long? Number(byte[] text) =>
        long.TryParse(Encoding.UTF8.GetString(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
