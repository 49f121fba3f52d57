using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using RedisAspire.ApiService.Nodes;

namespace RedisAspire.ApiService.Replication;

/// <summary>Writes on the master, and measures when the writes arrive on every other node.</summary>
internal sealed class ReplicationCheck(RedisTopology topology, RedisNodes nodes, RedisInspector inspector, TimeProvider time)
{
    private const int Steps = 6;
    private const int WritesPerReport = 1000;

    // The limit for a marker to arrive, for one kind of writes, and for the nodes to have the same keys.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // For this time replicas are polled without a pause, so that most delays are exact.
    private static readonly TimeSpan PollWithoutPause = TimeSpan.FromMilliseconds(100);

    public OneAtATime Turns { get; } = new();

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
            // The first write takes longer than any other, so it is not the one that is timed.
            await markers.WriteOneByOneAsync(1, 1, cancellationToken);
            var sent = time.GetTimestamp();
            var writing = markers.WriteAsync(cancellationToken);
            var following = topology.Snapshot.Nodes.Where(node => node.Name != master)
                .Select(node => FollowAsync(node.Name, markers, sent, ending.Token)).ToList();
            await writing;
            var writtenAfter = MillisecondsSince(sent);
            yield return End(tests, "A key is written on the master", isPassed: true, FormattableString.Invariant($"{master} acknowledged it after {writtenAfter} ms."));

            var isOnMaster = await markers.IsOnAsync(nodes.DatabaseOf(master), Timeout, cancellationToken);
            yield return End(tests, "It is read on the master", isOnMaster, isOnMaster ? $"{master} has it." : $"{master} does not have it.");

            await foreach (var replica in Task.WhenEach(following).WithCancellation(cancellationToken))
                yield return Report(tests.Count + 1, (await replica).Describe());
            var replicas = await Task.WhenAll(following);
            yield return End(tests, "It is read on every replica", replicas.All(replica => replica.IsRead), $"{replicas.Count(replica => replica.IsRead)} of {replicas.Length} have it.");

            var followers = (await ReadNodesAsync(cancellationToken)).Count(node => node is { IsUp: true, Role: "replica", Link: "up" });
            yield return End(tests, "Every other node follows the master", followers == replicas.Length, $"{followers} of {replicas.Length} are replicas whose link is up.");

            var oneByOne = TimeSpan.Zero;
            var pipelined = TimeSpan.Zero;
            var (oneByOneWritten, pipelinedWritten) = (0, 0);
            for (; oneByOneWritten < writes && oneByOne < Timeout; oneByOneWritten += Next(oneByOneWritten))
            {
                oneByOne += await TimeAsync(() => markers.WriteOneByOneAsync(oneByOneWritten + 1, Next(oneByOneWritten), cancellationToken));
                yield return Report(tests.Count + 1, $"{oneByOneWritten + Next(oneByOneWritten)} of {writes} written one by one.");
            }

            for (; pipelinedWritten < writes && pipelined < Timeout; pipelinedWritten += Next(pipelinedWritten))
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
            while (Timeout - time.GetElapsedTime(sent) is var rest && rest > TimeSpan.Zero)
            {
                if (await markers.IsOnAsync(database, rest, cancellationToken))
                    return new ReplicaDelay(node, "read", MillisecondsSince(sent), Error: null);
                if (time.GetElapsedTime(sent) > PollWithoutPause)
                    await Task.Delay(TimeSpan.FromMilliseconds(1), time, cancellationToken);
            }
        }
        catch (TimeoutException)
        {
            // The replica is late, whether it answers without the marker or does not answer.
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, cancellationToken))
        {
            return new ReplicaDelay(node, "down", ReadableAfterMs: null, RedisFailure.Describe(failure));
        }

        return new ReplicaDelay(node, "late", ReadableAfterMs: null, $"The replica did not have the marker within {Timeout.TotalSeconds} s.");
    }

    // The last writes may still be on their way to replicas with a link, but not to a node without one.
    private async Task<IReadOnlyList<CheckedNode>> CompareAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var compared = await ReadNodesAsync(cancellationToken);
            if (HoldTheSame(compared.Where(node => node is { IsUp: true, Link: not "down" })) || time.GetElapsedTime(started) > Timeout)
                return compared;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<CheckedNode>> ReadNodesAsync(CancellationToken cancellationToken)
    {
        var snapshot = topology.Snapshot;
        var statuses = await Task.WhenAll(snapshot.Nodes.Select(async node =>
        {
            try
            {
                return await inspector.GetStatusAsync(node.Name, cancellationToken);
            }
            catch (RedisUnavailableException)
            {
                return node with { IsUp = false };
            }
        }));
        var master = statuses.FirstOrDefault(node => node.Name == snapshot.Master);
        return Array.ConvertAll(statuses, node => node.ToCheckedNode(master));
    }

    private async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        var started = time.GetTimestamp();
        await work();
        return time.GetElapsedTime(started);
    }

    private double MillisecondsSince(long started) => Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 3);
}

/// <summary>The keys that a replication check writes. They expire if the check cannot remove them.</summary>
internal sealed class CheckMarkers(IDatabase master)
{
    public const string Prefix = "app:replication-check:";

    private const int Batch = 500;

    private static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly string _prefix = $"{Prefix}{Guid.NewGuid():N}:";
    private readonly string _value = Guid.NewGuid().ToString("N");
    private int _written;

    /// <summary>Writes the marker that is read on all nodes.</summary>
    public Task WriteAsync(CancellationToken cancellationToken) => SetAsync(0).WaitAsync(Timeout, cancellationToken);

    public async Task<bool> IsOnAsync(IDatabase node, TimeSpan timeout, CancellationToken cancellationToken) =>
        await node.StringGetAsync(KeyOf(0)).WaitAsync(timeout, cancellationToken) == _value;

    public async Task WriteOneByOneAsync(int first, int count, CancellationToken cancellationToken)
    {
        for (var i = first; i < first + count; i++)
            await SetAsync(i).WaitAsync(Timeout, cancellationToken);
    }

    /// <summary>Writes keys without waiting for one before the next, a batch at a time so that others get in between.</summary>
    public async Task WritePipelinedAsync(int first, int count, CancellationToken cancellationToken)
    {
        foreach (var batch in Enumerable.Range(first, count).Chunk(Batch))
            await Task.WhenAll(batch.Select(SetAsync)).WaitAsync(Timeout, cancellationToken);
    }

    /// <summary>Removes all that was written, as far as the master can be reached. Keys that remain expire.</summary>
    public Task RemoveAsync() => BestEffort.TryAsync(
        async () =>
        {
            foreach (var batch in Enumerable.Range(0, _written).Chunk(Batch))
                await master.KeyDeleteAsync(Array.ConvertAll(batch, i => (RedisKey)KeyOf(i))).WaitAsync(Timeout);
        },
        failed: null, CancellationToken.None);

    private string KeyOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{number}");

    private Task SetAsync(int number)
    {
        _written = Math.Max(_written, number + 1);
        return master.StringSetAsync(KeyOf(number), _value, TimeToLive);
    }
}

internal static class ReplicationMapping
{
    extension(CheckedNode node)
    {
        public bool IsUp => node.Status == "up";
    }

    extension(ReplicaDelay replica)
    {
        public bool IsRead => replica.Status == "read";
    }

    public static CheckedNode ToCheckedNode(this RedisNodeStatus node, RedisNodeStatus? master) => new(
        node.Name,
        NodeWords.StatusOf(node),
        NodeWords.RoleOf(node),
        node.IsUp ? NodeWords.LinkOf(node) : null,
        node.IsUp ? node.Keys : null,
        node.IsUp ? node.Offset : null,
        node is { IsUp: true, Role: RedisRole.Replica } && master is { IsUp: true, Offset: { } written } && node.Offset is { } applied ? Math.Max(0, written - applied) : null);

    public static string Describe(this ReplicaDelay replica) =>
        replica.IsRead ? FormattableString.Invariant($"{replica.Node} had it after {replica.ReadableAfterMs} ms.") : $"{replica.Node}: {replica.Error}";

    public static WriteTiming ToTiming(int writes, TimeSpan elapsed) =>
        new(writes, Math.Round(elapsed.TotalMilliseconds, 3), elapsed > TimeSpan.Zero ? Math.Round(writes / elapsed.TotalSeconds) : 0);
}
