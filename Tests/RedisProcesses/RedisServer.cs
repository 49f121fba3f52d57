using RedisAspire.Hosting;
using StackExchange.Redis;

namespace RedisAspire.RedisProcesses;

/// <summary>One node of the replication: it keeps data, and is the master or follows it.</summary>
internal sealed class RedisServer : RedisProcess
{
    // volatile-lru: the product catalogue has no time to live and must never be evicted.
    // Append-only: a master without persistence that restarts by itself empties its replicas.
    private static readonly RedisNodeSettings Settings = new() { MaxMemory = "256mb", MaxMemoryPolicy = "volatile-lru", IsAppendOnly = true };

    private readonly RedisUsers _users;
    private readonly IReadOnlyList<RedisServer> _nodes;

    /// <summary>Prepares a node.</summary>
    /// <param name="name">Its name, also its directory's.</param>
    /// <param name="dataDirectory">Where the directory is.</param>
    /// <param name="users">Who may do what.</param>
    /// <param name="nodes">All nodes of the replication, this one too.</param>
    /// <param name="guardian">Ends it when we cannot.</param>
    public RedisServer(string name, string dataDirectory, RedisUsers users, IReadOnlyList<RedisServer> nodes, ProcessGuardian guardian)
        : base(name, dataDirectory, users, users.Admin, guardian)
    {
        _users = users;
        _nodes = nodes;
    }

    /// <summary>The node's configuration file.</summary>
    public string ConfigurationPath => Path.Combine(Place.Directory, "redis.conf");

    /// <summary>
    /// Starts the node again with the data it had: as a replica of whichever node is the master now, or as what it
    /// was when none is.
    /// </summary>
    /// <inheritdoc/>
    public override async Task StartAsync()
    {
        if (IsRunning)
            return;
        if (await FindMasterAsync() is { } master)
            await StartAsync(master);
        else
            await RunAsync(ConfigurationPath);
    }

    /// <summary>Starts the node as a replica of <paramref name="master"/>, or as the master.</summary>
    public async Task StartAsync(RedisServer? master)
    {
        await RedisConfiguration.WriteAsync(ConfigurationPath, RedisConfiguration.OfNode(Settings, _users, Place, master?.Place), CancellationToken.None);
        await RunAsync(ConfigurationPath);
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
    private async Task<RedisServer?> FindMasterAsync()
    {
        var answers = await Task.WhenAll(_nodes.Where(node => node != this && node.IsRunning).Select(async node => (Node: node, Followers: await node.CountFollowersAsync())));
        return answers.Where(answer => answer.Followers is not null).OrderByDescending(answer => answer.Followers).FirstOrDefault().Node;
    }

    // How many replicas are in touch with this master; null when it is none, or does not answer.
    private async Task<int?> CountFollowersAsync()
    {
        try
        {
            var role = await ExecuteAsync("ROLE");
            return (string?)role[0] == "master" ? role[2].Length : null;
        }
        catch (RedisException)
        {
            return null;
        }
    }
}
