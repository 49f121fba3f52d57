using System.Globalization;
using RedisAspire.Hosting;
using RedisAspire.Standalone.Processes;

namespace RedisAspire.Standalone.Redis;

/// <summary>One Sentinel: it watches the nodes, and promotes a replica when most of the sentinels agree that the master is gone.</summary>
internal sealed class RedisSentinel : RedisProcess
{
    /// <summary>What the sentinels call the replication.</summary>
    public const string MasterName = "mymaster";

    private readonly string _password;
    private readonly RedisUser _user;
    private readonly int _quorum;

    /// <summary>Prepares a sentinel.</summary>
    /// <param name="name">Its name, also its directory's.</param>
    /// <param name="port">The port it listens on.</param>
    /// <param name="dataDirectory">Where the directory is.</param>
    /// <param name="users">Who may do what on the nodes; the application's password is also the sentinel's own.</param>
    /// <param name="quorum">How many sentinels must agree that the master is gone.</param>
    /// <param name="guardian">Ends it when we cannot.</param>
    /// <param name="log">Where its output goes.</param>
    public RedisSentinel(string name, int port, string dataDirectory, RedisUsers users, int quorum, ProcessGuardian guardian, LaunchLog log)
        : base(name, port, dataDirectory, users.Application.Password, users.Application, guardian, log)
    {
        _password = users.Application.Password;
        _user = users.Sentinel;
        _quorum = quorum;
    }

    private string ConfigurationPath => Path.Combine(DataDirectory, "sentinel.conf");

    /// <summary>Starts the sentinel for the first time: it watches the master on <paramref name="masterPort"/> and knows nothing of former runs.</summary>
    public Task StartAsync(int masterPort)
    {
        WriteConfiguration(ConfigurationPath, Configuration(masterPort));
        return RunAsync(ConfigurationPath, "--sentinel");
    }

    /// <summary>Starts the sentinel again with all it knew: it keeps its file up to date itself.</summary>
    /// <inheritdoc/>
    public override Task StartAsync() => IsRunning ? Task.CompletedTask : RunAsync(ConfigurationPath, "--sentinel");

    /// <summary>The port of the node that is the master in this sentinel's eyes.</summary>
    public async Task<int> MasterPortAsync() =>
        (int)((RedisReply[])await ExecuteAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MasterName))[1];

    /// <summary>Waits until the sentinel knows all others and all replicas, so that it could replace the master.</summary>
    /// <exception cref="LaunchException">It ended, or does not know them after 30 seconds.</exception>
    public Task WaitUntilReadyAsync(int sentinels, int replicas, CancellationToken cancellationToken) => WaitUntilAsync(
        async () =>
        {
            var fields = ((RedisReply[])await ExecuteAsync("SENTINEL", "MASTER", MasterName)).Select(field => (string)field!)
                .Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
            // Refused as long as the sentinels in reach are too few.
            await ExecuteAsync("SENTINEL", "CKQUORUM", MasterName);
            return fields["num-other-sentinels"] == (sentinels - 1).ToString(CultureInfo.InvariantCulture)
                && fields["num-slaves"] == replicas.ToString(CultureInfo.InvariantCulture)
                && fields["flags"] == "master";
        },
        cancellationToken);

    /// <summary>
    /// Has the sentinel look at every node once a second instead of every ten, for as long as it runs: nodes on one
    /// machine can bear that, and whoever changes their roles does not want to wait. No setting of its file says so.
    /// </summary>
    public Task LookOftenAsync() => ExecuteAsync("SENTINEL", "DEBUG", "INFO-PERIOD", "1000");

    private string Configuration(int masterPort) => string.Create(CultureInfo.InvariantCulture,
        $"""
        bind 127.0.0.1
        port {Port}
        dir "{DataDirectory}"
        requirepass "{_password}"
        sentinel sentinel-pass "{_password}"
        sentinel announce-ip 127.0.0.1
        sentinel announce-port {Port}
        sentinel resolve-hostnames no
        sentinel monitor {MasterName} 127.0.0.1 {masterPort} {_quorum}
        sentinel auth-user {MasterName} {_user.Name}
        sentinel auth-pass {MasterName} {_user.Password}
        sentinel down-after-milliseconds {MasterName} 2000
        sentinel failover-timeout {MasterName} 3000
        sentinel parallel-syncs {MasterName} 1

        """);
}
