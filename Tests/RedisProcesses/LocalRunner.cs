using System.Collections.Concurrent;
using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;
using RedisAspire.Hosting;
using StackExchange.Redis;

namespace RedisAspire.RedisProcesses;

/// <summary><c>redis-server</c> processes of our own, each with a configuration file and a directory of its own.</summary>
internal sealed class LocalRunner(RedisReplication redis, string dataDirectory, ProcessGuardian guardian) : IRedisRunner, IAsyncDisposable
{
    // volatile-lru: the product catalogue has no time to live and must never be evicted.
    // Append-only: a master without persistence that restarts by itself empties its replicas.
    private static readonly RedisNodeSettings Settings = new() { MaxMemory = "256mb", EvictionPolicy = RedisEvictionPolicy.VolatileLru, IsAppendOnly = true };

    private readonly ConcurrentDictionary<RedisProcess, ManagedProcess> _processes = new();

    public ManagedProcess? ProcessOf(RedisProcess member) => _processes.GetValueOrDefault(member);

    public Task StartAsync(RedisProcess member) => member is RedisSentinel ? StartSentinelAsync(member) : StartNodeAsync(member);

    /// <summary>The configuration file of a node or sentinel.</summary>
    public string ConfigurationPathOf(RedisProcess member) => Path.Combine(DirectoryOf(member), member is RedisSentinel ? "sentinel.conf" : "redis.conf");

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_processes.Values.Select(EndAsync));
        foreach (var member in redis.Processes)
            FreePorts.Release(member.Port);
    }

    // A master that is asked to end waits for its replicas first, for seconds; nobody needs the data after us.
    private static async Task EndAsync(ManagedProcess process)
    {
        await process.KillAsync();
        await process.DisposeAsync();
    }

    // As a replica of whichever node is the master now, or as what it was when none is.
    private async Task StartNodeAsync(RedisProcess node)
    {
        var path = ConfigurationPathOf(node);
        var master = await FindMasterAsync(node);
        if (master is not null || !File.Exists(path))
            await RedisConfiguration.WriteAsync(path, RedisConfiguration.OfNode(Settings, redis.Users, PlaceOf(node), master is null ? null : PlaceOf(master)), CancellationToken.None);
        await RunAsync(node, path);
    }

    // A sentinel keeps its file up to date itself.
    private async Task StartSentinelAsync(RedisProcess sentinel)
    {
        var path = ConfigurationPathOf(sentinel);
        if (!File.Exists(path))
            await RedisConfiguration.WriteAsync(path, RedisConfiguration.OfSentinel(redis.Users, PlaceOf(sentinel), PlaceOf(redis.Master), redis.Sentinels.Count), CancellationToken.None);
        await RunAsync(sentinel, path, "--sentinel");
    }

    // After a fault two nodes may take themselves for the master: the one that is followed is. Before the first start it is the first.
    private async Task<RedisProcess?> FindMasterAsync(RedisProcess starting)
    {
        if (!_processes.ContainsKey(starting))
            return starting == redis.Master ? null : redis.Master;
        var answers = await Task.WhenAll(redis.Nodes.Where(node => node != starting && node.IsRunning).Select(async node => (Node: node, Followers: await CountFollowersAsync(node))));
        return answers.Where(answer => answer.Followers is not null).OrderByDescending(answer => answer.Followers).FirstOrDefault().Node;
    }

    // How many replicas are in touch with this master; null when it is none, or does not answer.
    private static async Task<int?> CountFollowersAsync(RedisServer node)
    {
        try
        {
            var role = await node.ExecuteAsync("ROLE");
            return (string?)role[0] == "master" ? role[2].Length : null;
        }
        catch (RedisException)
        {
            return null;
        }
    }

    private async Task RunAsync(RedisProcess member, params string[] arguments)
    {
        if (ProcessOf(member) is { } ended)
            await ended.DisposeAsync();
        var start = new ProcessStartInfo("redis-server", arguments) { WorkingDirectory = DirectoryOf(member) };
        _processes[member] = ManagedProcess.Start(member.Name, start, guardian);
    }

    private string DirectoryOf(RedisProcess member) => Path.Combine(dataDirectory, member.Name);

    private RedisPlace PlaceOf(RedisProcess member) => OnLoopback(member.Port, DirectoryOf(member));

    /// <summary>The place of a process on this machine.</summary>
    public static RedisPlace OnLoopback(int port, string directory) => new($"{port}", directory, "127.0.0.1", $"{port}", IsContainer: false);
}
