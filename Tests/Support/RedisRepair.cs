using RedisAspire.RedisProcesses;
using StackExchange.Redis;

namespace RedisAspire.Tests.Support;

/// <summary>Finds out how nodes are after a fault, and puts them right again.</summary>
internal static class RedisRepair
{
    /// <summary>The node that is the master now, by its own word and that of the replicas that follow it.</summary>
    public static async Task<RedisServer> CurrentMasterAsync(this RedisReplication redis)
    {
        RedisServer? found = null;
        await Eventually.HoldsAsync("there is a master that others follow", async () =>
        {
            foreach (var node in redis.Nodes.Where(node => node is { IsRunning: true, Process.IsPaused: false }))
            {
                var replication = await TryReplicationAsync(node);
                if (replication?["role"] == "master" && replication["connected_slaves"] != "0")
                    found = node;
            }

            return found is not null;
        });
        return found!;
    }

    /// <summary>A node that is not the master now.</summary>
    public static async Task<RedisServer> AnyReplicaAsync(this RedisReplication redis)
    {
        var master = await redis.CurrentMasterAsync();
        return redis.Nodes.First(node => node != master);
    }

    /// <summary>Starts and resumes whatever is not running, and waits until one master is followed by all others and every sentinel agrees.</summary>
    public static async Task RestoreAsync(this RedisReplication redis)
    {
        foreach (var process in redis.Processes)
        {
            // Somebody else may have paused it: the signal changes nothing for a process that is running.
            if (process.IsRunning)
                process.Process.Send(Signal.Resume);
            else
                await process.StartAsync();
        }

        var replicas = redis.Nodes.Count - 1;
        await Eventually.HoldsAsync("one master, and all others in touch with it", async () =>
        {
            var roles = await Task.WhenAll(redis.Nodes.Select(TryReplicationAsync));
            return roles.Count(role => role?["role"] == "master" && role["connected_slaves"] == $"{replicas}") == 1
                && roles.Count(role => role?.GetValueOrDefault("master_link_status") == "up") == replicas;
        });
        var port = (await redis.CurrentMasterAsync()).Port;
        foreach (var sentinel in redis.Sentinels)
            await Eventually.HoldsAsync($"{sentinel.Name} agrees", async () => await sentinel.MasterPortAsync() == port);
    }

    private static async Task<IReadOnlyDictionary<string, string>?> TryReplicationAsync(RedisServer node)
    {
        try
        {
            return await node.InfoAsync("replication");
        }
        catch (RedisException)
        {
            return null;
        }
    }
}
