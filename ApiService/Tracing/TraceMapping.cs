using System.Buffers;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.ApiService.Tracing;

/// <summary>Whether an answer says what was done for it.</summary>
/// <param name="Trace">1 if it does.</param>
public sealed record TraceQuery(
    [property: FromQuery(Name = "trace"), Description(TraceQuery.Description), Range(0, 1, ErrorMessage = TraceQuery.Error)] int Trace = 0)
{
    internal const string Description = "1: the answer says what was done, step by step; 0: it does not.";

    internal const string Error = "A trace is asked for with 1, and not with 0.";
}

internal static class TraceMapping
{
    private const string Commands = "https://redis.io/docs/latest/commands/";
    private const string Sentinels = "https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/";

    // No shell gives these a meaning of its own.
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,:/@%+");

    public static T WithTrace<T>(this T answer, TraceStep[]? steps)
        where T : TracedResponse =>
        steps is null ? answer : answer with { Trace = steps, TraceId = Activity.Current is { Recorded: true } request ? request.TraceId.ToHexString() : null };

    public static TraceStep[] ToSteps(this CacheTrace trace, RedisTopology topology) => ToSteps(
        trace.Steps.Select(step => new RequestStep(WordOf($"{step.Kind}"), WordOf($"{step.Outcome}"), step.At)
        {
            Took = step.Took,
            Node = step.Node,
            TimeToLive = step.TimeToLive,
            Command = step.Command,
            Keys = step.Keys,
        }),
        topology);

    public static TraceStep[] ToSteps(IEnumerable<RequestStep> steps, RedisTopology topology)
    {
        var addresses = topology.Snapshot.Nodes.Select(node => (node.Name, node.Address))
            .Concat(topology.SentinelStatuses.Select(sentinel => (sentinel.Name, sentinel.Address)))
            .ToDictionary(StringComparer.Ordinal);
        return [.. steps.Select(step => new TraceStep(
            step.Name,
            step.Outcome,
            Math.Round(step.At.TotalMicroseconds, 1),
            step.Took is { } took ? Math.Round(took.TotalMicroseconds, 1) : null,
            step.Node,
            step.TimeToLive is { } timeToLive ? Math.Round(timeToLive.TotalSeconds, 3) : null,
            step.Command is not [] && step.Node is { } node && addresses.TryGetValue(node, out var address) ? LineOf(address, step.Command) : null,
            DocumentationOf(step))
        {
            Keys = step.Keys,
            Replicas = step.Replicas,
            Times = step.Times > 1 ? step.Times : null,
            Message = step.Message,
        })];
    }

    public static string WordOf(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    /// <summary>The name of a command, with that of its sub-command if it has some.</summary>
    public static string NameOf(IReadOnlyList<string> command) =>
        command is [("CLIENT" or "CONFIG" or "SENTINEL") and var whole, var sub, ..] ? $"{whole} {sub}" : command[0];

    public static string LineOf(IEnumerable<string> command) => string.Join(' ', command.Select(Quote));

    // The commands of the sentinels have no pages of their own.
    private static string? DocumentationOf(RequestStep step) => step switch
    {
        { Command: ["SENTINEL", ..] } or { Message: not null } => Sentinels,
        { Command: not [] and var command } => $"{Commands}{NameOf(command).Replace(' ', '-').ToLowerInvariant()}/",
        { Name: "invalidation" } => $"{Commands}client-tracking/",
        _ => null,
    };

    // The password is not part of it: redis-cli reads that of the operator from REDISCLI_AUTH.
    private static string LineOf(string address, IEnumerable<string> command)
    {
        var colon = address.LastIndexOf(':');
        var (host, port) = (address[..colon], address[(colon + 1)..]);
        string[] node = host is "127.0.0.1" or "localhost" ? ["-p", port] : ["-h", host.Trim('[', ']'), "-p", port];
        return $"redis-cli {string.Join(' ', node)} {LineOf(command)}";
    }

    private static string Quote(string word) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
