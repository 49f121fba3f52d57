using System.Diagnostics;
using System.Net;
using StackExchange.Redis;

namespace RedisAspire.Caching.Topology;

/// <summary>One Redis server: its connection and what is known of it.</summary>
internal sealed class RedisNode : IAsyncDisposable
{
    private readonly Func<Task<IConnectionMultiplexer>> _connect;
    private readonly bool _ownsConnection;
    private Task<IConnectionMultiplexer>? _connecting;
    private Task<RedisNodeStatus>? _poll;
    private volatile RedisNodeStatus _status;

    public RedisNode(string name, RedisNodeEndpoint endpoint, bool ownsConnection, Func<Task<IConnectionMultiplexer>> connect)
    {
        Name = name;
        Endpoint = endpoint;
        _ownsConnection = ownsConnection;
        _connect = connect;
        _status = new RedisNodeStatus(name, endpoint.Address) { Error = "not looked at yet" };
    }

    public string Name { get; }

    public RedisNodeEndpoint Endpoint { get; }

    public RedisNodeStatus Status => _status;

    /// <summary>The node's commands. To be asked for only after the node was seen to be up.</summary>
    /// <exception cref="InvalidOperationException">The node has never been connected.</exception>
    public IDatabase Database =>
        _connecting is { IsCompletedSuccessfully: true } connected
            ? connected.Result.GetDatabase()
            : throw new InvalidOperationException($"{Name} is not connected.");

    /// <summary>Marks the node as down until the next successful look at it, so that nobody else waits for it.</summary>
    public void ReportFailure(Exception failure) =>
        _status = _status with { IsUp = false, Error = Describe(failure) };

    /// <summary>
    /// Looks at the node. One that does not answer in time is down; the look that is under way is not repeated
    /// but waited for again next time, so that a hanging node is asked only once.
    /// </summary>
    public async Task PollAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var poll = _poll ??= LookAsync();
        try
        {
            _status = await poll.WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _status = _status with { IsUp = false, Error = "does not answer" };
            return;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _status = _status with { IsUp = false, Error = Describe(failure) };
        }

        _poll = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_ownsConnection && _connecting is { IsCompletedSuccessfully: true } connected)
            (await connected.ConfigureAwait(false)).Dispose();
    }

    private async Task<RedisNodeStatus> LookAsync()
    {
        if (_connecting is null or { IsFaulted: true } or { IsCanceled: true })
            // Connecting to an absent server blocks the calling thread for a while in some client versions.
            _connecting = Task.Run(_connect);

        var connection = await _connecting.ConfigureAwait(false);
        var server = connection.GetServer(EndPointOf(connection));
        var started = Stopwatch.GetTimestamp();
        var info = new RedisInfo(await server.InfoRawAsync().ConfigureAwait(false) ?? "");
        var status = Read(info, Stopwatch.GetElapsedTime(started));

        if (_status.Role != status.Role && _status.Role != RedisRole.Unknown)
            // The client remembers roles and refuses writes to what it takes for a replica.
            await ((ConnectionMultiplexer)connection).ConfigureAsync().ConfigureAwait(false);

        return status;
    }

    private static EndPoint EndPointOf(IConnectionMultiplexer connection) => connection.GetEndPoints(configuredOnly: true)[0];

    private RedisNodeStatus Read(RedisInfo info, TimeSpan roundTrip)
    {
        var role = info.Text("role") switch
        {
            "master" => RedisRole.Master,
            "slave" => RedisRole.Replica,
            _ => RedisRole.Unknown,
        };
        var loading = info.Number("loading") == 1;

        return new RedisNodeStatus(Name, Endpoint.Address)
        {
            IsUp = !loading,
            Error = loading ? "is loading its data" : null,
            Role = role,
            Version = info.Text("redis_version"),
            Uptime = info.Number("uptime_in_seconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Keys = info.Part("db0", "keys") ?? 0,
            UsedMemoryBytes = info.Number("used_memory"),
            IsLinkUp = role == RedisRole.Replica ? info.Text("master_link_status") == "up" : null,
            ConnectedReplicas = role == RedisRole.Master ? (int?)info.Number("connected_slaves") : null,
            Offset = info.Number(role == RedisRole.Replica ? "slave_repl_offset" : "master_repl_offset"),
            RoundTrip = roundTrip,
        };
    }

    // Messages of StackExchange.Redis go on for lines with its internal state; what a person needs is the first sentence.
    private static string Describe(Exception failure) => failure.Message.Split(['\n', ';'], 2)[0].Trim();
}
