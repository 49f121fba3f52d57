using System.Globalization;
using RedisAspire.Hosting;
using RedisAspire.Standalone.Processes;

namespace RedisAspire.Standalone.Redis;

/// <summary>One node of the replication: it keeps data, and is the master or follows it.</summary>
internal sealed class RedisServer : RedisProcess
{
    private readonly RedisUsers _users;
    private readonly IReadOnlyList<RedisServer> _nodes;

    /// <summary>Prepares a node.</summary>
    /// <param name="name">Its name, also its directory's.</param>
    /// <param name="port">The port it listens on.</param>
    /// <param name="dataDirectory">Where the directory is.</param>
    /// <param name="users">Who may do what.</param>
    /// <param name="nodes">All nodes of the replication, this one too.</param>
    /// <param name="guardian">Ends it when we cannot.</param>
    /// <param name="log">Where its output goes.</param>
    public RedisServer(
        string name, int port, string dataDirectory, RedisUsers users, IReadOnlyList<RedisServer> nodes, ProcessGuardian guardian, LaunchLog log)
        : base(name, port, dataDirectory, users.Application.Password, users.Admin, guardian, log)
    {
        _users = users;
        _nodes = nodes;
    }

    /// <summary>The node's configuration file.</summary>
    public string ConfigurationPath => Path.Combine(DataDirectory, "redis.conf");

    /// <summary>
    /// Starts the node again with the data it had: as a replica of whichever node is the master now, or as what it
    /// was when none is.
    /// </summary>
    /// <inheritdoc/>
    public override async Task StartAsync()
    {
        if (!IsRunning)
            await StartAsync(await FindMasterAsync() ?? NodeConfiguration.Read(ConfigurationPath)?.MasterPort);
    }

    /// <summary>Starts the node as a replica of the node on <paramref name="masterPort"/>, or as the master.</summary>
    public Task StartAsync(int? masterPort)
    {
        WriteConfiguration(ConfigurationPath, Configuration(masterPort));
        return RunAsync(ConfigurationPath);
    }

    /// <summary>Waits until the node answers, has loaded its data and, if a replica, is in touch with its master.</summary>
    /// <exception cref="LaunchException">It ended, or did not become ready in 30 seconds.</exception>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) => WaitUntilAsync(
        async () =>
        {
            var replication = await InfoAsync("replication");
            var persistence = await InfoAsync("persistence");
            return persistence["loading"] == "0" && (replication["role"] == "master" || replication["master_link_status"] == "up");
        },
        cancellationToken);

    /// <summary>The fields of one section of <c>INFO</c>.</summary>
    public async Task<IReadOnlyDictionary<string, string>> InfoAsync(string section) =>
        ((string)(await ExecuteAsync("INFO", section))!).Split('\n', StringSplitOptions.TrimEntries)
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    // After an accident two nodes may take themselves for the master: the one that is followed is.
    private async Task<int?> FindMasterAsync()
    {
        var answers = await Task.WhenAll(_nodes.Where(node => node != this && node.IsRunning).Select(async node => (node.Port, Followers: await node.CountFollowersAsync())));
        return answers.Where(answer => answer.Followers is not null)
            .OrderByDescending(answer => answer.Followers)
            .Select(answer => (int?)answer.Port)
            .FirstOrDefault();
    }

    // How many replicas are in touch with this master; null when it is none, or does not answer.
    private async Task<int?> CountFollowersAsync()
    {
        try
        {
            var role = (RedisReply[])await ExecuteAsync("ROLE");
            return (string?)role[0] == "master" ? ((RedisReply[])role[2]).Length : null;
        }
        catch (RedisCommandException)
        {
            return null;
        }
    }

    private string Configuration(int? masterPort)
    {
        // volatile-lru: the product catalogue has no time to live and must never be evicted.
        // appendonly: a master without persistence that restarts by itself empties its replicas.
        var text = string.Create(CultureInfo.InvariantCulture,
            $"""
            bind 127.0.0.1
            port {Port}
            dir "{DataDirectory}"
            {_users.ToConfiguration()}
            masteruser "{_users.Replication.Name}"
            masterauth "{_users.Replication.Password}"
            replica-announce-ip 127.0.0.1
            replica-announce-port {Port}
            maxmemory 256mb
            maxmemory-policy volatile-lru
            appendonly yes
            appendfsync everysec
            save ""
            repl-diskless-sync yes
            repl-diskless-sync-delay 0
            replica-serve-stale-data yes

            """);
        return masterPort is null ? text : $"{text}replicaof 127.0.0.1 {masterPort}\n";
    }
}
