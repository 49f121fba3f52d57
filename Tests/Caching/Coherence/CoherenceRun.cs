using System.Collections.Concurrent;
using System.Globalization;
using RedisAspire.CoherenceWorker;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Coherence;

/// <summary>Three processes that read and write the same keys for a while, and what they found.</summary>
internal sealed class CoherenceRun
{
    private const int Workers = 3;

    // Reads and writes go on without faults for so long that all workers are connected again: the last writes find
    // near caches that are full.
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(3);

    // What is on its way when the replicas have applied everything.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private readonly RedisReplication _redis;
    private readonly ConcurrentQueue<WorkerMessage> _messages = new();

    private CoherenceRun(RedisReplication redis) => _redis = redis;

    public required int Seed { get; init; }

    /// <summary>What every worker did while there were writes.</summary>
    public IReadOnlyList<WorkerCounts> Running => CountsOf(MessageKind.Stopped);

    /// <summary>What every worker found when the writes were over.</summary>
    public IReadOnlyList<WorkerCounts> Checking => CountsOf(MessageKind.Checked);

    public long Flushes => _messages.Sum(message => message.Flushes);

    /// <summary>All violations that were reported, each with what all processes did with the key.</summary>
    public string Violations => string.Join("\n\n", _messages.Where(message => message.Kind == MessageKind.Violation).Select(Describe));

    /// <summary>The figures.</summary>
    public string Summary
    {
        get
        {
            var run = Running.Aggregate(WorkerCounts.Zero, (sum, next) => sum + next);
            var check = Checking.Aggregate(WorkerCounts.Zero, (sum, next) => sum + next);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"""
                seed {Seed}, {Flushes} flushes of near caches
                running: {run.Reads} reads (near {run.Near}, redis {run.Redis}, source {run.Source}, {run.Others} untold, {run.Failures} failed), {run.AllWrites} writes ({run.Writes} set, {run.Removals} removed, {run.StraightWrites} by another client, {run.Uncertain} uncertain), {run.Judged} reads judged, {run.Behind} behind own writes
                checking: {check.Compared} compared (near {check.Near}, redis {check.Redis}, source {check.Source}), {check.Stale} stale, {check.Behind} behind own writes
                """);
        }
    }

    /// <summary>Runs the workers and waits for them to end.</summary>
    public static async Task<CoherenceRun> ExecuteAsync(RedisReplication redis, int keys, TimeSpan duration, Breakage breakage = Breakage.None, Func<TimeSpan, CancellationToken, Task>? faults = null)
    {
        var run = new CoherenceRun(redis) { Seed = Random.Shared.Next(1_000_000) };
        using var guardian = new ProcessGuardian();
        var workers = Enumerable.Range(0, Workers)
            .Select(number => WorkerProcess.Start(new WorkerSettings(number, Workers, keys, run.Seed + number) { Breakage = breakage }, redis, guardian, run._messages.Enqueue))
            .ToArray();
        try
        {
            await run.CompleteAsync(workers, duration, faults);
        }
        finally
        {
            await Task.WhenAll(workers.Select(worker => worker.DisposeAsync().AsTask()));
        }

        return run;
    }

    private async Task CompleteAsync(WorkerProcess[] workers, TimeSpan duration, Func<TimeSpan, CancellationToken, Task>? faults)
    {
        await AllAsync(workers, MessageKind.Ready);
        await EnterAsync(Phase.Run);
        if (faults is not null)
        {
            await faults(duration - Calm, TestContext.Current.CancellationToken);
            await Task.Delay(Calm, TestContext.Current.CancellationToken);
        }
        else
            await Task.Delay(duration, TestContext.Current.CancellationToken);

        await EnterAsync(Phase.Stop);
        await AllAsync(workers, MessageKind.Stopped);
        await ReplicasCatchUpAsync();
        await Task.Delay(Grace, TestContext.Current.CancellationToken);

        await EnterAsync(Phase.Check);
        await AllAsync(workers, MessageKind.Checked);
        await EnterAsync(Phase.Explain);
        await AllAsync(workers, MessageKind.Explained);
    }

    private static Task AllAsync(WorkerProcess[] workers, MessageKind kind) => Task.WhenAll(workers.Select(worker => worker.HasSaidAsync(kind)));

    private async Task EnterAsync(string phase) => await (await _redis.CurrentMasterAsync()).ExecuteAsync("SET", Phase.Key, phase);

    private async Task ReplicasCatchUpAsync()
    {
        var master = await _redis.CurrentMasterAsync();
        var written = await OffsetAsync(master, "master_repl_offset");
        foreach (var replica in _redis.Nodes.Where(node => node != master))
            await Eventually.HoldsAsync($"{replica.Name} has applied all writes", async () => await OffsetAsync(replica, "slave_repl_offset") >= written);
    }

    private static async Task<long> OffsetAsync(RedisServer node, string field) =>
        long.Parse((await node.InfoAsync("replication"))[field], CultureInfo.InvariantCulture);

    private WorkerCounts[] CountsOf(MessageKind kind) =>
        [.. _messages.Where(message => message.Kind == kind).OrderBy(message => message.Worker).Select(message => message.Counts!)];

    private string Describe(WorkerMessage violation)
    {
        var history = _messages
            .Where(message => message.Kind == MessageKind.History && message.Key == violation.Key)
            .SelectMany(message => message.Events)
            .OrderBy(happened => happened.At);
        return $"{violation.Text} Key {violation.Key}, worker {violation.Worker}:\n  {violation.Events[0]}\nIts history:\n{string.Join('\n', history.Select(happened => $"  {happened}"))}";
    }
}
