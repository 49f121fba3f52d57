using StackExchange.Redis;

namespace RedisAspire.Topology;

/// <summary>
/// One Redis server: its connections, and its status. The application's connection is disposed with the node if it is owned: one that
/// the application has registered is not. There may be no user that may only read, and no connection for it. Between two polls
/// that read all sections of <c>INFO</c> the others read that of the replication only.
/// </summary>
internal sealed class RedisNode(
    string name, RedisNodeEndpoint endpoint, RedisPeerAddress peer,
    Func<Task<IConnectionMultiplexer>> connect, Func<Task<IConnectionMultiplexer>> connectOperator, Func<Task<IConnectionMultiplexer>>? connectReader,
    bool isOwned, Action changed, TimeSpan readAllEvery, TimeProvider time) : IAsyncDisposable
{
    // How long the client may take to replace a connection that the node has closed.
    private static readonly TimeSpan Reconnecting = TimeSpan.FromMilliseconds(100);

    private readonly LazyConnection _connection = new();
    private readonly LazyConnection _operator = new();
    private readonly LazyConnection _reader = new();
    // The client regards INFO as a command of administrators, and a connection of the application's own need not allow them.
    private bool _allowsInfo;
    private Task<RedisNodeStatus>? _poll;
    private long _allReadAt;
    // Whether the node may have started anew, because a connection was lost.
    private volatile bool _mayBeNew;
    private volatile RedisNodeStatus _status = new(name, endpoint.Address) { Error = "not polled yet" };
    // Cancelled while the node does not answer. It holds neither timer nor wait handle, so that there is nothing to dispose of.
    private volatile CancellationTokenSource _silence = new();

    public string Name => name;

    public RedisNodeEndpoint Endpoint => endpoint;

    /// <summary>What the other nodes and the sentinels call it.</summary>
    public RedisPeerAddress Peer => peer;

    public RedisNodeStatus Status => _status;

    /// <summary>Whether it did not answer in time, and has not answered since.</summary>
    public bool IsSilent => _silence.IsCancellationRequested;

    /// <summary>The node's commands. To be used only after a poll has found the node up.</summary>
    /// <exception cref="RedisUnavailableException">The node has never been connected.</exception>
    // The first database, whatever the application's own multiplexer is configured with: changes are announced without a number.
    public IDatabase Database => _connection.Current?.GetDatabase(0) ?? throw new RedisUnavailableException($"{name} is not connected.");

    /// <summary>The same over a connection whose user may only read, so that the node itself refuses all else; over the application's where there is no such user.</summary>
    /// <exception cref="RedisUnavailableException">The node has never been connected.</exception>
    public async Task<IDatabase> ConnectReaderAsync() =>
        connectReader is null ? Database : (await _reader.GetAsync(connectReader).ConfigureAwait(false)).GetDatabase(0);

    /// <summary>Waits for a command of this node, and stops waiting as soon as any caller finds that the node does not answer.</summary>
    /// <exception cref="TimeoutException">It took longer than <paramref name="timeout"/>.</exception>
    /// <exception cref="RedisUnavailableException">The node does not answer.</exception>
    public async Task<T> WaitAsync<T>(Task<T> command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var silence = _silence.Token;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence, cancellationToken);
        try
        {
            return await command.WaitAsync(timeout, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cancelled) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RedisUnavailableException($"{name} does not answer.", cancelled);
        }
    }

    /// <summary>Asks for <c>INFO</c>: a section, or those that Redis chooses by default.</summary>
    public async Task<RedisInfo> InfoAsync(string? section = null)
    {
        var connection = await ConnectAsync().ConfigureAwait(false);
        if (!_allowsInfo)
            connection = await ConnectOperatorAsync().ConfigureAwait(false);
        return new RedisInfo(await connection.GetServers()[0].InfoRawAsync(section).ConfigureAwait(false) ?? "");
    }

    /// <summary>Has the node do something as its operator.</summary>
    /// <exception cref="RedisUnavailableException">It did not answer, or with an error.</exception>
    public Task<T> OperateAsync<T>(string command, Func<IServer, Task<T>> ask, CancellationToken cancellationToken) =>
        RedisErrors.AskAsync(name, command, async () => await ask((await ConnectOperatorAsync().ConfigureAwait(false)).GetServers()[0]).ConfigureAwait(false), cancellationToken);

    /// <summary>Marks the node as down until the next successful poll, so that no other caller waits for it.</summary>
    /// <returns>Whether it was up until now.</returns>
    public bool ReportFailure(Exception failure)
    {
        var wasUp = _status.IsUp;
        MarkDown(RedisErrors.Describe(failure), isSilent: failure is TimeoutException);
        return wasUp;
    }

    /// <summary>
    /// Polls the node. One that does not answer in time is down; a poll that is under way is not repeated but waited
    /// for again next time, so that a hanging node gets one INFO only.
    /// </summary>
    public async Task PollAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var poll = _poll ??= ReadStatusAsync();
        try
        {
            var status = await poll.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
            if (IsSilent)
                _silence = new CancellationTokenSource();
            _status = status;
        }
        catch (TimeoutException) when (!poll.IsCompleted)
        {
            MarkDown("does not answer", isSilent: true);
            return;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            MarkDown(RedisErrors.Describe(failure), isSilent: failure is TimeoutException);
        }

        _poll = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (isOwned)
            await _connection.DisposeAsync().ConfigureAwait(false);
        await _operator.DisposeAsync().ConfigureAwait(false);
        await _reader.DisposeAsync().ConfigureAwait(false);
    }

    private void MarkDown(string error, bool isSilent)
    {
        _status = _status with { IsUp = false, Error = error };
        if (isSilent)
            // On another thread: all waiting callers continue at once.
            _ = _silence.CancelAsync();
    }

    private async Task<RedisNodeStatus> ReadStatusAsync()
    {
        var connection = await ConnectAsync().ConfigureAwait(false);
        var started = time.GetTimestamp();
        var before = _status;
        if (await ReadReplicationAsync(before, started).ConfigureAwait(false) is { } unchanged)
            return unchanged;

        (_mayBeNew, _allReadAt) = (false, started);
        RedisInfo info;
        try
        {
            info = await InfoAsync().ConfigureAwait(false);
        }
        catch (RedisConnectionException)
        {
            // A node may close connections without being down: sentinels have all of them closed when its role changes.
            await Task.Delay(Reconnecting, time).ConfigureAwait(false);
            info = await InfoAsync().ConfigureAwait(false);
        }

        var status = RedisNodeStatus.Read(before, info, started, time);
        // The client remembers roles, and refuses writes to a node that it takes for a replica.
        if (before.Role != status.Role && before.Role != RedisRole.Unknown)
            await connection.ConfigureAsync().ConfigureAwait(false);
        return status;
    }

    // Most sections change too slowly, or matter too little, to be read each time.
    private async ValueTask<RedisNodeStatus?> ReadReplicationAsync(RedisNodeStatus before, long started)
    {
        if (!before.IsUp || _mayBeNew || time.GetElapsedTime(_allReadAt, started) >= readAllEvery)
            return null;
        try
        {
            return before.ReadReplication(await InfoAsync("replication").ConfigureAwait(false), started, time) is { } status && !_mayBeNew ? status : null;
        }
        catch (RedisConnectionException)
        {
            return null;
        }
    }

    private Task<IConnectionMultiplexer> ConnectAsync() => _connection.GetAsync(ConnectAndListenAsync);

    private Task<IConnectionMultiplexer> ConnectOperatorAsync() => _operator.GetAsync(connectOperator);

    private async Task<IConnectionMultiplexer> ConnectAndListenAsync()
    {
        var connection = await connect().ConfigureAwait(false);
        _allowsInfo = ConfigurationOptions.Parse(connection.Configuration).AllowAdmin;
        connection.ConnectionRestored += (_, _) =>
        {
            _mayBeNew = true;
            changed();
        };
        connection.ConnectionFailed += (_, _) =>
        {
            _mayBeNew = true;
            // Attempts to connect fail as well, again and again while the node is down.
            if (_status.IsUp)
                changed();
        };
        return connection;
    }
}

/// <summary>A connection that is made when it is first needed, and again after an attempt that has failed.</summary>
internal sealed class LazyConnection : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private volatile Task<IConnectionMultiplexer>? _connection;

    public IConnectionMultiplexer? Current => _connection is { IsCompletedSuccessfully: true } connected ? connected.Result : null;

    public Task<IConnectionMultiplexer> GetAsync(Func<Task<IConnectionMultiplexer>> connect)
    {
        lock (_gate)
        {
            if (_connection is null or { IsFaulted: true } or { IsCanceled: true })
                _connection = connect();
            return _connection;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Current is { } connection)
            await connection.DisposeAsync().ConfigureAwait(false);
    }
}
