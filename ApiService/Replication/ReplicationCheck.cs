using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using RedisAspire.ApiService.Problems;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Replication;

/// <summary>Writes on the master, and looks when and how that arrives on every other node.</summary>
internal sealed class ReplicationCheck(RedisTopology topology, RedisNodes nodes, RedisInspector inspector, TimeProvider time)
{
    private const int Steps = 6;
    private const int WritesPerReport = 1000;

    // For a marker to arrive, for one kind of writes, and for the nodes to hold the same.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // So long replicas are asked without a pause: that is how exact most delays are.
    private static readonly TimeSpan Hurry = TimeSpan.FromMilliseconds(100);

    /// <summary>Whose check it is: there is one at a time.</summary>
    public OneAtATime Turns { get; } = new();

    /// <summary>Checks, and reports each test when it has ended.</summary>
    public async IAsyncEnumerable<SseItem<object>> RunAsync(
        string master, int writes, IDisposable turn, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var holding = turn;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var started = time.GetTimestamp();
        var markers = new CheckMarkers(nodes.DatabaseOf(master));
        var tests = new List<ReplicationTest>();
        try
        {
            // The first write of all takes longer than any other: it is not the one to be timed.
            await markers.WriteOneByOneAsync(1, 1, cancellationToken);
            var sent = time.GetTimestamp();
            var writing = markers.WriteAsync(cancellationToken);
            var following = topology.Snapshot.Nodes.Where(node => node.Name != master)
                .Select(node => FollowAsync(node.Name, markers, sent, ending.Token)).ToList();
            await writing;
            var writtenAfter = MillisecondsSince(sent);
            yield return End(tests, "A key is written on the master", isPassed: true, FormattableString.Invariant($"{master} acknowledged it after {writtenAfter} ms."));

            var isOnMaster = await markers.IsOnAsync(nodes.DatabaseOf(master), Patience, cancellationToken);
            yield return End(tests, "It is read on the master", isOnMaster, isOnMaster ? $"{master} has it." : $"{master} does not have it.");

            await foreach (var replica in Task.WhenEach(following).WithCancellation(cancellationToken))
                yield return Report(tests.Count + 1, (await replica).Describe());
            var replicas = await Task.WhenAll(following);
            yield return End(tests, "It is read on every replica", replicas.All(replica => replica.IsRead), $"{replicas.Count(replica => replica.IsRead)} of {replicas.Length} have it.");

            var followers = (await LookAsync(cancellationToken)).Count(node => node is { IsUp: true, Role: "replica", Link: "up" });
            yield return End(tests, "Every other node follows the master", followers == replicas.Length, $"{followers} of {replicas.Length} are replicas whose link is up.");

            var oneByOne = TimeSpan.Zero;
            var pipelined = TimeSpan.Zero;
            var (oneByOneWritten, pipelinedWritten) = (0, 0);
            for (; oneByOneWritten < writes && oneByOne < Patience; oneByOneWritten += Next(oneByOneWritten))
            {
                oneByOne += await TimeAsync(() => markers.WriteOneByOneAsync(oneByOneWritten + 1, Next(oneByOneWritten), cancellationToken));
                yield return Report(tests.Count + 1, $"{oneByOneWritten + Next(oneByOneWritten)} of {writes} written one by one.");
            }

            for (; pipelinedWritten < writes && pipelined < Patience; pipelinedWritten += Next(pipelinedWritten))
                pipelined += await TimeAsync(() => markers.WritePipelinedAsync(pipelinedWritten + 1, Next(pipelinedWritten), cancellationToken));
            var timing = (OneByOne: ReplicationMapping.ToTiming(oneByOneWritten, oneByOne), Pipelined: ReplicationMapping.ToTiming(pipelinedWritten, pipelined));
            yield return End(
                tests, $"{writes} writes are timed", oneByOneWritten == writes && pipelinedWritten == writes,
                FormattableString.Invariant($"{timing.OneByOne.ElapsedMs} ms one by one, {timing.Pipelined.ElapsedMs} ms pipelined."));

            var compared = await CompareAsync(cancellationToken);
            var isSame = compared.All(node => node.IsUp) && HoldTheSame(compared);
            yield return End(tests, "Every node holds the same number of keys", isSame, string.Join(", ", compared.Select(node => $"{node.Name}: {(node.IsUp ? node.Keys : "down")}")));

            yield return new SseItem<object>(
                new ReplicationCheckResult(
                    tests.TrueForAll(test => test.IsPassed), master, writtenAfter, tests, replicas, compared, timing.OneByOne, timing.Pipelined, MillisecondsSince(started)),
                "result");
        }
        finally
        {
            await ending.CancelAsync();
            await markers.RemoveAsync();
        }

        int Next(int done) => Math.Min(WritesPerReport, writes - done);
    }

    private static SseItem<object> End(List<ReplicationTest> tests, string name, bool isPassed, string detail)
    {
        tests.Add(new ReplicationTest(name, isPassed, detail));
        return Report(tests.Count, $"{name}: {detail}");
    }

    private static SseItem<object> Report(int step, string detail) => new(new ReplicationCheckProgress(step, Steps, detail), "progress");

    private static bool HoldTheSame(IEnumerable<CheckedNode> nodes) => nodes.Select(node => node.Keys).Distinct().Count() == 1;

    private async Task<ReplicaDelay> FollowAsync(string node, CheckMarkers markers, long sent, CancellationToken cancellationToken)
    {
        try
        {
            var database = nodes.DatabaseOf(node);
            while (Patience - time.GetElapsedTime(sent) is var rest && rest > TimeSpan.Zero)
            {
                if (await markers.IsOnAsync(database, rest, cancellationToken))
                    return new ReplicaDelay(node, "read", MillisecondsSince(sent), Error: null);
                if (time.GetElapsedTime(sent) > Hurry)
                    await Task.Delay(TimeSpan.FromMilliseconds(1), time, cancellationToken);
            }
        }
        catch (TimeoutException)
        {
            // Late, whether it answers that it has nothing or does not answer.
        }
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, cancellationToken))
        {
            return new ReplicaDelay(node, "down", ReadableAfterMs: null, RedisFailure.Describe(failure));
        }

        return new ReplicaDelay(node, "late", ReadableAfterMs: null, $"It did not have it within {Patience.TotalSeconds} s.");
    }

    // What was written last may still be on its way to some; to a node that is cut off it is not.
    private async Task<IReadOnlyList<CheckedNode>> CompareAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var compared = await LookAsync(cancellationToken);
            if (HoldTheSame(compared.Where(node => node is { IsUp: true, Link: not "down" })) || time.GetElapsedTime(started) > Patience)
                return compared;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<CheckedNode>> LookAsync(CancellationToken cancellationToken)
    {
        var snapshot = topology.Snapshot;
        var looked = await Task.WhenAll(snapshot.Nodes.Select(async node =>
        {
            try
            {
                return await inspector.LookAsync(node.Name, cancellationToken);
            }
            catch (RedisUnavailableException)
            {
                return node with { IsUp = false };
            }
        }));
        var master = looked.FirstOrDefault(node => node.Name == snapshot.Master);
        return Array.ConvertAll(looked, node => node.ToCheckedNode(master));
    }

    private async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        var started = time.GetTimestamp();
        await work();
        return time.GetElapsedTime(started);
    }

    private double MillisecondsSince(long started) => Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 3);
}
