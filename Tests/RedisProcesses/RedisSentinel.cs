using RedisAspire.Hosting;

namespace RedisAspire.RedisProcesses;

/// <summary>One Sentinel: it watches the nodes, and promotes a replica when most of the sentinels agree that the master is gone.</summary>
internal sealed class RedisSentinel : RedisProcess
{
    private readonly RedisUsers _users;
    private readonly int _sentinels;

    /// <summary>Prepares a sentinel.</summary>
    /// <param name="name">Its name, also its directory's.</param>
    /// <param name="dataDirectory">Where the directory is.</param>
    /// <param name="users">Who may do what on the nodes; the application's password is also the sentinel's own.</param>
    /// <param name="sentinels">How many sentinels there are.</param>
    /// <param name="guardian">Ends it when we cannot.</param>
    public RedisSentinel(string name, string dataDirectory, RedisUsers users, int sentinels, ProcessGuardian guardian)
        : base(name, dataDirectory, users, users.Application, guardian)
    {
        _users = users;
        _sentinels = sentinels;
    }

    private string ConfigurationPath => Path.Combine(Place.Directory, "sentinel.conf");

    /// <summary>Starts the sentinel for the first time: it watches the master at <paramref name="master"/> and knows nothing else.</summary>
    public async Task StartAsync(RedisPlace master)
    {
        await RedisConfiguration.WriteAsync(ConfigurationPath, RedisConfiguration.OfSentinel(_users, Place, master, _sentinels), CancellationToken.None);
        await StartAsync();
    }

    /// <summary>Starts the sentinel again with all it knew: it keeps its file up to date itself.</summary>
    /// <inheritdoc/>
    public override Task StartAsync() => IsRunning ? Task.CompletedTask : RunAsync(ConfigurationPath, "--sentinel");

    /// <summary>The port of the node that is the master in this sentinel's eyes.</summary>
    public async Task<int> MasterPortAsync() =>
        (int)(await ExecuteAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", RedisConfiguration.SentinelServiceName))[1];

    /// <summary>Waits until the sentinel knows all others and all replicas, so that it could replace the master.</summary>
    /// <exception cref="LaunchException">It ended, or does not know them after 30 seconds.</exception>
    public Task WaitUntilReadyAsync(int replicas, CancellationToken cancellationToken) => WaitUntilAsync(
        async () =>
        {
            var fields = (await ExecuteAsync("SENTINEL", "MASTER", RedisConfiguration.SentinelServiceName)).ToDictionary();
            // Refused as long as the sentinels in reach are too few.
            await ExecuteAsync("SENTINEL", "CKQUORUM", RedisConfiguration.SentinelServiceName);
            return (int)fields["num-other-sentinels"] == _sentinels - 1
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
