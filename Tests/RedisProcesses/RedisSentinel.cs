using RedisAspire.Hosting;

namespace RedisAspire.RedisProcesses;

/// <summary>One Sentinel: it watches the nodes, and promotes a replica when most of the sentinels agree that the master is gone.</summary>
/// <inheritdoc/>
internal sealed class RedisSentinel(string name, int port, RedisUsers users, IRedisRunner runner) : RedisProcess(name, port, users, users.Application, runner)
{
    /// <summary>The port of the node that is the master in this sentinel's eyes.</summary>
    public async Task<int> MasterPortAsync() =>
        (int)(await ExecuteAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", RedisConfiguration.SentinelServiceName))[1];

    /// <summary>Waits until the sentinel knows all others and all replicas, so that it could replace the master.</summary>
    /// <exception cref="LaunchException">It ended, or does not know them after 30 seconds.</exception>
    public Task WaitUntilReadyAsync(int others, int replicas, CancellationToken cancellationToken) => WaitUntilAsync(
        async () =>
        {
            var fields = (await ExecuteAsync("SENTINEL", "MASTER", RedisConfiguration.SentinelServiceName)).ToDictionary();
            // Refused as long as the sentinels in reach are too few.
            await ExecuteAsync("SENTINEL", "CKQUORUM", RedisConfiguration.SentinelServiceName);
            return (int)fields["num-other-sentinels"] == others
                && (int)fields["num-slaves"] == replicas
                && (string?)fields["flags"] == "master";
        },
        cancellationToken);

    /// <summary>
    /// Has the sentinel look at every node once a second instead of every ten, for as long as it runs: nodes on one
    /// machine can bear that, and whoever changes their roles does not want to wait. No setting of its file says so.
    /// </summary>
    public Task LookOftenAsync() => ExecuteAsync("SENTINEL", "DEBUG", "INFO-PERIOD", "1000");
}
