using System.Diagnostics;
using System.Globalization;

namespace RedisAspire.Benchmarks;

/// <summary>A thousand callers of one missing key in each of three processes, and a source of two seconds.</summary>
internal static class StampedeMeasurement
{
    private const int Processes = 3;
    private const int Callers = 1000;
    private const string SourceCalls = "app:stampede:calls";
    private const string Start = "app:stampede:start";

    public static async Task RunAsync()
    {
        await using var host = await BenchmarkHost.StartAsync();
        var nodes = string.Join(';', host.Redis!.Nodes.Select(node => $"{node.Name}={node.ConnectionString}"));
        var workers = Enumerable.Range(0, Processes).Select(_ => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["stampede-worker", nodes])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!).ToArray();
        foreach (var worker in workers)
            await worker.StandardOutput.ReadLineAsync();

        await host.Plain.GetDatabase().StringSetAsync(Start, "now");
        foreach (var worker in workers)
        {
            Console.WriteLine(await worker.StandardOutput.ReadToEndAsync());
            await worker.WaitForExitAsync();
            worker.Dispose();
        }

        Console.WriteLine($"source calls in all: {await host.Plain.GetDatabase().StringGetAsync(SourceCalls)}");
    }

    public static async Task WorkAsync(string nodes)
    {
        await using var host = await BenchmarkHost.ConnectAsync([.. nodes.Split(';').Select(node => node.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]))]);
        var plain = host.Plain.GetDatabase();
        Console.WriteLine("ready");
        while (!await plain.KeyExistsAsync(Start))
            await Task.Delay(1);

        var started = Stopwatch.GetTimestamp();
        var levels = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => host.Cache.LookupAsync("stampede", async token =>
        {
            await plain.StringIncrementAsync(SourceCalls);
            await Task.Delay(TimeSpan.FromSeconds(2), token);
            return "value";
        }).AsTask()));
        Console.Write(string.Create(CultureInfo.InvariantCulture,
            $"{levels.Length} callers answered in {Stopwatch.GetElapsedTime(started).TotalSeconds:F3} s, from {string.Join(", ", levels.GroupBy(lookup => lookup.Level).Select(group => $"{group.Key} {group.Count()}"))}"));
    }
}
