using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using RedisAspire.CoherenceWorker;
using RedisAspire.Standalone;
using RedisAspire.Standalone.Processes;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Coherence;

/// <summary>One run of three processes that read and write the same keys, while their connections are cut.</summary>
internal sealed class CoherenceRun(RedisFixture fixture, Breakage breakage)
{
    private const int Workers = 3;
    private const int Keys = 3000;

    private static readonly TimeSpan KillPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Hang = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan LastPushes = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<WorkerMessage> _messages = Channel.CreateUnbounded<WorkerMessage>();
    private readonly List<WorkerMessage> _violations = [];

    /// <summary>What all workers did while they read and wrote.</summary>
    public WorkerCounts Ran { get; private set; } = WorkerCounts.Zero;

    /// <summary>What the comparison with the master found after all writing.</summary>
    public WorkerCounts Compared { get; private set; } = WorkerCounts.Zero;

    /// <summary>How many tracked connections were cut.</summary>
    public int Kills { get; private set; }

    /// <summary>Every violation that was told, with the history of its key in all processes.</summary>
    public string Report { get; private set; } = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts the processes and sees them through.</summary>
    public async Task RunAsync(TimeSpan duration, bool isDisturbed)
    {
        var seed = Random.Shared.Next(1_000_000);
        using var guardian = new ProcessGuardian();
        var workers = Enumerable.Range(0, Workers).Select(worker => Start(worker, seed + worker, guardian)).ToArray();
        try
        {
            await CollectAsync(MessageKind.Ready);
            await EnterAsync(Phase.Run);
            if (isDisturbed)
                await DisturbAsync(duration);
            else
                await Task.Delay(duration, Cancellation);

            await EnterAsync(Phase.Stop);
            Ran = Sum(await CollectAsync(MessageKind.Stopped));
            await QuiescenceAsync();

            await EnterAsync(Phase.Check);
            Compared = Sum(await CollectAsync(MessageKind.Checked));
            await EnterAsync(Phase.Explain);
            var histories = new List<WorkerMessage>();
            await CollectAsync(MessageKind.Explained, histories);
            Report = Tell(seed, histories);
            await Task.WhenAll(workers.Select(worker => worker.Exited)).WaitAsync(Patience, Cancellation);
        }
        finally
        {
            foreach (var worker in workers)
            {
                worker.Send(Signal.Kill);
                await worker.DisposeAsync();
            }
        }
    }

    private static WorkerCounts Sum(IEnumerable<WorkerMessage> messages) =>
        messages.Aggregate(WorkerCounts.Zero, (sum, message) => sum + message.Counts!);

    private ManagedProcess Start(int worker, int seed, ProcessGuardian guardian)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var assembly = Path.Combine(own.Parent!.Parent!.FullName, "CoherenceWorker", own.Name, "RedisAspire.CoherenceWorker.dll");
        var settings = JsonSerializer.Serialize(new WorkerSettings(worker, Workers, Keys, seed) { Breakage = breakage });
        var start = new ProcessStartInfo("dotnet", [assembly, settings]);
        foreach (var (name, value) in fixture.Redis.Environment)
            start.Environment[name] = value;
        return ManagedProcess.Start($"worker-{worker}", start, guardian, new MessageLog(_messages.Writer));
    }

    private async Task EnterAsync(string phase) => await fixture.Redis.Master.ExecuteAsync("SET", Phase.Key, phase);

    private async Task<List<WorkerMessage>> CollectAsync(MessageKind kind, List<WorkerMessage>? histories = null)
    {
        var collected = new List<WorkerMessage>();
        while (collected.Count < Workers)
        {
            var message = await _messages.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(Patience, Cancellation);
            if (message.Kind == kind)
                collected.Add(message);
            else if (message.Kind == MessageKind.Violation)
                _violations.Add(message);
            else if (message.Kind == MessageKind.History)
                histories?.Add(message);
        }

        return collected;
    }

    // Connections are cut all the time, and once a replica hangs for a while.
    private async Task DisturbAsync(TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var hasHung = false;
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            await Task.Delay(KillPause, Cancellation);
            foreach (var node in fixture.Redis.Nodes)
            {
                var clients = (string)(await node.ExecuteAsync("CLIENT", "LIST"))!;
                if (clients.Split('\n').FirstOrDefault(line => line.Contains("name=RedisAspire-tracking") && Random.Shared.Next(3) == 0) is { } unlucky)
                    Kills += (int)await node.ExecuteAsync("CLIENT", "KILL", "ID", unlucky.Split("id=")[1].Split(' ')[0]);
            }

            if (hasHung || Stopwatch.GetElapsedTime(started) < duration / 2)
                continue;
            hasHung = true;
            fixture.Redis.Nodes[1].Process.Send(Signal.Pause);
            await Task.Delay(Hang, Cancellation);
            fixture.Redis.Nodes[1].Process.Send(Signal.Resume);
        }
    }

    private async Task QuiescenceAsync()
    {
        var written = (await fixture.Redis.Master.InfoAsync("replication"))["master_repl_offset"];
        foreach (var replica in fixture.Redis.Replicas)
        {
            await Eventually.HoldsAsync($"{replica.Name} has caught up", async () =>
                long.Parse((await replica.InfoAsync("replication"))["slave_repl_offset"]) >= long.Parse(written));
        }

        await Task.Delay(LastPushes, Cancellation);
    }

    private string Tell(int seed, List<WorkerMessage> histories)
    {
        if (_violations.Count == 0)
            return "";
        var lines = new List<string> { $"Seed {seed}." };
        foreach (var violation in _violations)
        {
            lines.Add($"{violation.Key}: {violation.Text}");
            lines.Add($"  {violation.Events[0]}");
            lines.AddRange(histories.Where(history => history.Key == violation.Key).SelectMany(history => history.Events).OrderBy(happened => happened.At)
                .Select(happened => string.Create(CultureInfo.InvariantCulture, $"    {happened}")));
        }

        return string.Join('\n', lines);
    }

    private sealed class MessageLog(ChannelWriter<WorkerMessage> messages) : LaunchLog
    {
        public override void Say(string text)
        {
        }

        public override void Line(string source, string text)
        {
            if (text.StartsWith('{'))
                messages.TryWrite(JsonSerializer.Deserialize<WorkerMessage>(text)!);
        }
    }
}
