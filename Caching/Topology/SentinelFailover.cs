using RedisAspire.Caching.Resp;

namespace RedisAspire.Caching.Topology;

/// <summary>
/// Makes a certain replica the master through the sentinels. They choose by priority, so it gets the best one for as
/// long as it takes. See https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/.
/// </summary>
internal sealed class SentinelFailover(RedisTopology topology, RedisOperator redis, string serviceName, TimeProvider time)
{
    // Sentinels read a replica's priority every ten seconds.
    private static readonly TimeSpan PriorityRead = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan FailedOver = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task PromoteAsync(RedisNode node, CancellationToken cancellationToken)
    {
        var sentinel = topology.Sentinels.Links.First(link => link.Opinion is not null);
        var priority = await PriorityAsync(node, cancellationToken).ConfigureAwait(false);
        await SetPriorityAsync(node, "1", cancellationToken).ConfigureAwait(false);
        try
        {
            await SeenAsync(sentinel, node, cancellationToken).ConfigureAwait(false);
            await redis.AskAsync(sentinel, cancellationToken, "SENTINEL", "FAILOVER", serviceName).ConfigureAwait(false);
            await topology.WaitForMasterAsync(node, FailedOver, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await SetPriorityAsync(node, priority, CancellationToken.None).ConfigureAwait(false);
            await RememberAsync(node).ConfigureAwait(false);
        }
    }

    // While the node had the best priority the sentinels had its file rewritten: after a restart it would have it again.
    private async Task RememberAsync(RedisNode node)
    {
        try
        {
            await redis.AskAsync(node, CancellationToken.None, "CONFIG", "REWRITE").ConfigureAwait(false);
        }
        catch (RedisUnavailableException)
        {
            // A node without a file remembers nothing.
        }
    }

    private async Task<string> PriorityAsync(RedisNode node, CancellationToken cancellationToken)
    {
        var info = new RedisInfo((await redis.AskAsync(node, cancellationToken, "INFO", "replication").ConfigureAwait(false)).Text);
        return info.Text("slave_priority") ?? "100";
    }

    private Task<RespFrame> SetPriorityAsync(RedisNode node, string priority, CancellationToken cancellationToken) =>
        redis.AskAsync(node, cancellationToken, "CONFIG", "SET", "replica-priority", priority);

    private async Task SeenAsync(SentinelLink sentinel, RedisNode node, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < PriorityRead)
        {
            var replicas = await redis.AskAsync(sentinel, cancellationToken, "SENTINEL", "REPLICAS", serviceName).ConfigureAwait(false);
            foreach (var replica in replicas.Items)
            {
                if (replica.FieldOf("ip") is { } host && topology.Sentinels.IsMeant(node, host, replica.FieldOf("port")) && replica.FieldOf("slave-priority") == "1")
                    return;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        throw new RedisUnavailableException($"The sentinels do not see {node.Name} as a replica that may become the master.");
    }
}
