using System.CommandLine;
using System.CommandLine.Parsing;
using RedisAspire.Benchmarks.Compare;
using RedisAspire.Benchmarks.Load;
using RedisAspire.Benchmarks.Peers;

namespace RedisAspire.Benchmarks;

/// <summary>The commands of the program and their options. Everything else goes to BenchmarkDotNet.</summary>
internal static class CommandLine
{
    public static RootCommand Create() => new("Measures the cache.")
    {
        CompareCommand(), LoadCommand(), ServeCommand(),
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

    private static Command LoadCommand()
    {
        var urls = new Option<Uri[]>("--url") { Description = "An instance of the API on this machine; several are asked in turn (default: http://localhost:5001).", CustomParser = result => [.. result.Tokens.Select(token => AddressOf(token.Value, result)).OfType<Uri>()] };
        urls.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => Uri.TryCreate(token.Value, UriKind.Absolute, out var address) && !address.IsLoopback))
                result.AddError("Only servers on this machine are loaded.");
        });
        var path = new Option<string>("--path") { Description = "What is asked for; {key} stands for the key.", DefaultValueFactory = _ => "/data/{key}" };
        var rate = Positive("--rate", "Requests per second, to all instances together.", 1000);
        var duration = Positive("--duration", "For how many seconds.", 30);
        var warmUp = Positive("--warm-up", "For how many seconds before, without counting.", 5);
        var timeout = Positive("--timeout", "After how many seconds an answer counts as a failure.", 10);
        var keys = Positive("--keys", "How many keys there are.", 10_000);
        var zipf = new Option<double?>("--zipf") { Description = "The exponent of Zipf's law, such as 1.1 (default: every key as often as any other)." };
        var outstanding = Positive("--outstanding", "How many requests may be without an answer at once; more fail.", 10_000);

        var command = new Command("load", "Loads the API at a constant rate, and prints what requests took from when they were due.") { urls, path, rate, duration, warmUp, timeout, keys, zipf, outstanding };
        command.SetAction(async (parsed, cancellationToken) => await HttpLoad.RunAsync(
            new HttpLoadOptions
            {
                Urls = parsed.GetValue(urls) is { Length: > 0 } given ? given : [new Uri("http://localhost:5001")],
                Path = parsed.GetRequiredValue(path),
                Rate = parsed.GetValue(rate),
                Duration = TimeSpan.FromSeconds(parsed.GetValue(duration)),
                WarmUp = TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
                Timeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                Keys = (int)parsed.GetValue(keys),
                Zipf = parsed.GetValue(zipf),
                MaximumOutstanding = (int)parsed.GetValue(outstanding),
            },
            cancellationToken)
            ? 0
            : 1);
        return command;
    }

    private static Option<double> Positive(string name, string description, double byDefault)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => byDefault };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 1e9))
                result.AddError($"{name} must be positive.");
        });
        return option;
    }

    private static Command ServeCommand()
    {
        var kind = new Argument<string>("kind") { Description = "What answers." };
        kind.AcceptOnlyFromAmong(PeerServer.Kinds);
        var url = new Option<Uri>("--url") { Description = "Where it listens.", Required = true, CustomParser = result => AddressOf(result.Tokens[^1].Value, result) };
        var redis = new Option<string>("--redis") { Description = "Connection string of the master.", DefaultValueFactory = _ => "localhost" };
        var command = new Command("serve", "One of the servers that compare starts.") { kind, url, redis };
        command.SetAction((parsed, cancellationToken) => PeerServer.RunAsync(parsed.GetRequiredValue(kind), parsed.GetRequiredValue(url), parsed.GetRequiredValue(redis), cancellationToken));
        return command;
    }

    private static Uri? AddressOf(string text, ArgumentResult argument)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp)
            return address;
        argument.AddError($"'{text}' is not an address such as http://localhost:5001.");
        return null;
    }

    private static Command Simple(string name, string description, Func<Task> runAsync)
    {
        var command = new Command(name, description);
        command.SetAction(async _ => await runAsync());
        return command;
    }
}
