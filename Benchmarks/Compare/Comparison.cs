using RedisAspire.RedisProcesses;

namespace RedisAspire.Benchmarks.Compare;

/// <summary>Measures this cache beside others, on one Redis and in turn, and judges it.</summary>
internal static class Comparison
{
    /// <summary>Measures the parts that are asked for, and prints a table of each and one of the targets.</summary>
    /// <returns>Whether no committed bound is broken.</returns>
    public static async Task<bool> RunAsync(ComparisonOptions options)
    {
        using var guardian = new ProcessGuardian();
        using var data = new TemporaryDirectory();
        await using var redis = await RedisReplication.StartAsync(
            new RedisReplicationOptions { Password = "benchmark", DataDirectory = data.Path }, guardian, CancellationToken.None);

        List<Row> rows = [];
        if (options.Measures("in-process"))
            rows.AddRange(Print("In the process", await InProcessComparison.RunAsync(redis, options), ComparisonReport.TableOf));
        if (options.Measures("http"))
            rows.AddRange(Print("Over HTTP", await HttpComparison.RunAsync(redis, guardian, options), ComparisonReport.TableOf));
        if (options.Measures("coherence"))
            rows.AddRange(Print("What is wrong afterwards", await CoherenceComparison.RunAsync(redis, options), ComparisonReport.CountsOf));

        var bounds = options.Check is null ? [] : await Bounds.ReadAsync(options.Check.FullName);
        Verdict[] verdicts = [.. Targets.All.Select(target => target.Judge(rows, bounds.TryGetValue(target.Id, out var bound) ? bound : null)).OfType<Verdict>()];
        Console.WriteLine($"## Targets\n\n{ComparisonReport.TableOf(verdicts)}");
        if (options.Output is not null)
            await File.WriteAllTextAsync(options.Output.FullName, ComparisonReport.JsonOf(rows, verdicts));

        Verdict[] broken = [.. verdicts.Where(verdict => verdict.IsBroken)];
        foreach (var verdict in broken)
            Console.WriteLine($"Worse than the bound of {verdict.Bound} by more than the noise: {verdict.Target.What}.");
        return broken.Length == 0;
    }

    private static IReadOnlyList<Row> Print(string title, IReadOnlyList<Row> rows, Func<IReadOnlyCollection<Row>, string> tableOf)
    {
        Console.WriteLine($"## {title}\n\n{tableOf(rows)}");
        return rows;
    }
}

/// <summary>What is compared, and for how long.</summary>
internal sealed record ComparisonOptions
{
    /// <summary>The parts there are.</summary>
    public static string[] Parts { get; } = ["in-process", "http", "coherence"];

    /// <summary>How many times everything is measured.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Whether less is measured, and for less time.</summary>
    public bool IsShort { get; init; }

    /// <summary>The only part that is measured.</summary>
    public string? Only { get; init; }

    /// <summary>Where the results are written as JSON.</summary>
    public FileInfo? Output { get; init; }

    /// <summary>The file of bounds that must hold.</summary>
    public FileInfo? Check { get; init; }

    /// <summary>How long one operation is measured in a round.</summary>
    public TimeSpan SampleLength => TimeSpan.FromMilliseconds(IsShort ? 100 : 400);

    /// <summary>How long one server is measured in a round.</summary>
    public TimeSpan RequestsLength => TimeSpan.FromSeconds(IsShort ? 1.5 : 3);

    public bool Measures(string part) => Only is null || Only == part;
}

/// <summary>The committed bounds of figures: what <c>./test --bench</c> holds.</summary>
internal static class Bounds
{
    public static async Task<Dictionary<string, double>> ReadAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return await System.Text.Json.JsonSerializer.DeserializeAsync<Dictionary<string, double>>(file) ?? [];
    }
}
