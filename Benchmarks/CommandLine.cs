using System.CommandLine;
using RedisAspire.Benchmarks.Compare;
using RedisAspire.Benchmarks.Peers;

namespace RedisAspire.Benchmarks;

/// <summary>The commands of the program and their options. Everything else goes to BenchmarkDotNet.</summary>
internal static class CommandLine
{
    public static RootCommand Create() => new("Measures the cache.")
    {
        CompareCommand(), ServeCommand(),
        Simple("invalidation", "How long after a write of another client a value is gone from the process.", InvalidationMeasurement.RunAsync),
        Simple("scale", "What the API costs with a million keys.", ScaleMeasurement.RunAsync),
    };

    /// <summary>Whether the arguments are a command of ours.</summary>
    public static bool IsCommand(string[] arguments) => arguments is [var first, ..] && (Create().Subcommands.Any(command => command.Name == first) || first is "--help" or "-h");

    private static Command CompareCommand()
    {
        var rounds = new Option<int?>("--rounds") { Description = "How many times everything is measured (default: 5, or 3 with --short)." };
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
                result.AddError("--rounds must be positive.");
        });
        var isShort = new Option<bool>("--short") { Description = "Measures for less time, with fewer keys." };
        var only = new Option<string?>("--only") { Description = "The only part that is measured." };
        only.AcceptOnlyFromAmong(ComparisonOptions.Parts);
        var output = new Option<FileInfo?>("--output") { Description = "Writes the results to a file as JSON." };
        var check = new Option<FileInfo?>("--check") { Description = "A file of bounds, such as Benchmarks/bounds.json: fails when a figure is worse than its bound by more than the noise." };

        var command = new Command("compare", "Measures the cache beside others, in turn.") { rounds, isShort, only, output, check };
        command.SetAction(async parsed => await Comparison.RunAsync(new ComparisonOptions
        {
            Rounds = parsed.GetValue(rounds) ?? (parsed.GetValue(isShort) ? 3 : 5),
            IsShort = parsed.GetValue(isShort),
            Only = parsed.GetValue(only),
            Output = parsed.GetValue(output),
            Check = parsed.GetValue(check),
        })
            ? 0
            : 1);
        return command;
    }

    private static Command ServeCommand()
    {
        var kind = new Argument<string>("kind") { Description = "What answers." };
        kind.AcceptOnlyFromAmong(PeerServer.Kinds);
        var url = new Option<Uri>("--url") { Description = "Where it listens.", Required = true };
        var redis = new Option<string>("--redis") { Description = "Connection string of the master.", DefaultValueFactory = _ => "localhost" };
        var command = new Command("serve", "One of the servers that compare starts.") { kind, url, redis };
        command.SetAction((parsed, cancellationToken) => PeerServer.RunAsync(parsed.GetRequiredValue(kind), parsed.GetRequiredValue(url), parsed.GetRequiredValue(redis), cancellationToken));
        return command;
    }

    private static Command Simple(string name, string description, Func<Task> runAsync)
    {
        var command = new Command(name, description);
        command.SetAction(async _ => await runAsync());
        return command;
    }
}
