using System.Diagnostics;
using RedisAspire.RedisProcesses;

namespace RedisAspire.Tests.Caching.Coherence;

/// <summary>
/// Cuts tracked connections at random, and stops replicas: all the time for a moment, which leaves them behind the
/// master with reads waiting, and once for so long that they are given up.
/// </summary>
internal sealed class Faults(RedisReplication redis)
{
    private const int StumblesInARow = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.5);

    /// <summary>How many connections were cut.</summary>
    public int Kills { get; private set; }

    /// <summary>How often a replica stopped for a moment.</summary>
    public int Stumbles { get; private set; }

    /// <summary>The replica that stopped for long.</summary>
    public string? Paused { get; private set; }

    /// <summary>Lets faults happen for a while; at its end all nodes are up.</summary>
    public async Task HappenAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < duration)
        {
            await Task.Delay(Random.Shared.Next(100, 400), cancellationToken);
            if (Paused is null && elapsed > duration * 0.4)
                await PauseAsync(cancellationToken);
            else
                await KillAsync();
            await StumbleAsync(cancellationToken);
        }
    }

    public override string ToString() => $"{Kills} connections cut, {Stumbles} stumbles, {Paused ?? "no node"} stopped for long";

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        var (replica, count) = (redis.Nodes[1], 0);
        foreach (var candidate in redis.Replicas)
        {
            if (await TrackedAsync(candidate) is var connections && connections.Length > count)
                (replica, count) = (candidate, connections.Length);
        }

        Paused = replica.Name;
        await StopForAsync(replica, Pause, cancellationToken);
    }

    private async Task StumbleAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < StumblesInARow; i++)
        {
            await StopForAsync(redis.Nodes[Random.Shared.Next(1, redis.Nodes.Count)], TimeSpan.FromMilliseconds(Random.Shared.Next(10, 60)), cancellationToken);
            await Task.Delay(Random.Shared.Next(10, 30), cancellationToken);
            Stumbles++;
        }
    }

    private static async Task StopForAsync(RedisServer replica, TimeSpan time, CancellationToken cancellationToken)
    {
        replica.Process.Send(Signal.Pause);
        try
        {
            await Task.Delay(time, cancellationToken);
        }
        finally
        {
            replica.Process.Send(Signal.Resume);
        }
    }

    private async Task KillAsync()
    {
        var connections = new List<(RedisServer Node, string Id)>();
        foreach (var node in redis.Nodes)
            connections.AddRange((await TrackedAsync(node)).Select(id => (node, id)));
        if (connections.Count == 0)
            return;

        var (where, which) = connections[Random.Shared.Next(connections.Count)];
        Kills += (int)(long)await where.ExecuteAsync("CLIENT", "KILL", "ID", which);
    }

    private static async Task<string[]> TrackedAsync(RedisServer node) =>
        [.. ((string)(await node.ExecuteAsync("CLIENT", "LIST"))!).Split('\n')
            .Where(line => line.Contains(" name=RedisAspire-tracking ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[0]["id=".Length..])];
}
