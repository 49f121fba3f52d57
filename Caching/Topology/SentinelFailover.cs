using RedisAspire.Caching.Resp;

namespace RedisAspire.Caching.Topology;

/// <summary>
/// Makes a certain replica the master through the sentinels. They choose by priority, so it gets the best one for as
/// long as it takes. See https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/.
/// </summary>
internal sealed class SentinelFailover(RedisTopology topology, RedisTopologyOptions options, TimeProvider time)
{
    // Sentinels read a replica's priority every ten seconds.
    private static readonly TimeSpan PriorityRead = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan FailedOver = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task PromoteAsync(RedisNode node, CancellationToken cancellationToken)
    {
        var link = topology.Sentinels.Links.First(link => link.Opinion is not null);
        using var sentinel = new RedisAdministration(link.Endpoint, time);
        var priority = await PriorityAsync(node, cancellationToken).ConfigureAwait(false);
        await SetPriorityAsync(node, "1", cancellationToken).ConfigureAwait(false);
        try
        {
            await SeenAsync(sentinel, node, cancellationToken).ConfigureAwait(false);
            await AskAsync(sentinel, cancellationToken, "SENTINEL", "FAILOVER", options.SentinelServiceName).ConfigureAwait(false);
            await topology.WaitForMasterAsync(node, FailedOver, time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await SetPriorityAsync(node, priority, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<string> PriorityAsync(RedisNode node, CancellationToken cancellationToken)
    {
        var info = new RedisInfo((await options.AskAsOperatorAsync(node, CommandTimeout, time, cancellationToken, "INFO", "replication").ConfigureAwait(false)).Text);
        return info.Text("slave_priority") ?? "100";
    }

    private Task<RespFrame> SetPriorityAsync(RedisNode node, string priority, CancellationToken cancellationToken) =>
        options.AskAsOperatorAsync(node, CommandTimeout, time, cancellationToken, "CONFIG", "SET", "replica-priority", priority);

    private async Task SeenAsync(RedisAdministration sentinel, RedisNode node, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < PriorityRead)
        {
            var replicas = await AskAsync(sentinel, cancellationToken, "SENTINEL", "REPLICAS", options.SentinelServiceName).ConfigureAwait(false);
            foreach (var replica in replicas.Items)
            {
                if (FieldOf(replica, "port") == node.Endpoint.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)
                    && FieldOf(replica, "slave-priority") == "1")
                    return;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        throw new RedisUnavailableException($"The sentinels do not see {node.Name} as a replica that may become the master.");
    }

    private static string? FieldOf(in RespFrame map, string field)
    {
        for (var i = 0; i + 1 < map.Items.Length; i += 2)
        {
            if (map.Items[i].Text == field)
                return map.Items[i + 1].Text;
        }

        return null;
    }

    private static async Task<RespFrame> AskAsync(RedisAdministration sentinel, CancellationToken cancellationToken, params string[] command)
    {
        try
        {
            return await sentinel.ExecuteAsync(CommandTimeout, cancellationToken, command).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new RedisUnavailableException($"The sentinel did not do {command[0]} {command[1]}: {failure.Message}", failure);
        }
    }
}
