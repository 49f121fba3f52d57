using RedisAspire.RedisProcesses;


namespace RedisAspire.Tests.Support;

/// <summary>Waits for what goes on in the nodes.</summary>
internal static class RedisWait
{
    /// <summary>
    /// Waits until every replica has what the first master has received so far. One that has just started may be given
    /// nothing for a second: the master begins after the next acknowledgement when it has missed the first.
    /// </summary>
    public static Task WaitForReplicasAsync(this RedisReplication redis) => redis.Master.WaitForReplicasAsync(redis.Nodes.Count - 1);

    /// <summary>Waits until <paramref name="replicas"/> replicas have what this master has received so far.</summary>
    public static async Task WaitForReplicasAsync(this RedisServer master, int replicas) =>
        Assert.Equal(replicas, (long)await master.ExecuteAsync("WAIT", replicas, 4000));
}
