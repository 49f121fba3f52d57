using RedisAspire.Caching.Tracking;
using StackExchange.Redis;

namespace RedisAspire.Caching.Topology;

/// <summary>One Redis server: its connections and what is known of it.</summary>
internal sealed class RedisNode : IAsyncDisposable
{
    // A look that was not answered for so long is not going to be: what was sent may have been lost on the way.
    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(5);

    private readonly NodeConnection _connection;
    private readonly RedisAdministration _administration;
    private readonly TimeProvider _time;
    private Task<RedisNodeStatus>? _look;
    private volatile RedisNodeStatus _status;
    // Cancelled while the node does not answer. It holds neither timer nor wait handle, so there is nothing to dispose of.
    private volatile CancellationTokenSource _silence = new();

    public RedisNode(string name, RedisNodeEndpoint endpoint, RedisPeerAddress peer, NodeConnection connection, TimeProvider time)
    {
        Name = name;
        Endpoint = endpoint;
        Peer = peer;
        _connection = connection;
        _administration = new RedisAdministration(endpoint, time);
        _time = time;
        _status = new RedisNodeStatus(name, endpoint.Address) { Error = "not looked at yet" };
    }

    public string Name { get; }

    public RedisNodeEndpoint Endpoint { get; }

    /// <summary>What the other nodes and the sentinels call it.</summary>
    public RedisPeerAddress Peer { get; }

    public RedisNodeStatus Status => _status;

    /// <summary>Whether it was found not to answer, and has not been seen to answer since.</summary>
    public bool IsSilent => _silence.IsCancellationRequested;

    /// <summary>The node's commands. To be asked for only after the node was seen to be up.</summary>
    /// <exception cref="RedisUnavailableException">The node has never been connected.</exception>
    public IDatabase Database => _connection.Database ?? throw new RedisUnavailableException($"{Name} is not connected.");

    /// <summary>Waits for a command of this node, and no longer once the node is found not to answer, by whomever.</summary>
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
            throw new RedisUnavailableException($"{Name} does not answer.", cancelled);
        }
    }

    /// <summary>Marks the node as down until the next successful look at it, so that nobody else waits for it.</summary>
    /// <returns>Whether that is news: until now it was up.</returns>
    public bool ReportFailure(Exception failure)
    {
        var wasUp = _status.IsUp;
        MarkDown(RedisErrors.Describe(failure), isSilent: failure is TimeoutException);
        _connection.ReportFailure(failure);
        return wasUp;
    }

    /// <summary>Takes note of a command that was answered.</summary>
    public void ReportSuccess() => _connection.ReportSuccess();

    /// <summary>
    /// Looks at the node. One that does not answer in time is down; the look that is under way is not repeated
    /// but waited for again next time, so that a hanging node is asked only once.
    /// </summary>
    public async Task PollAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var look = _look ??= LookAsync(cancellationToken);
        try
        {
            var status = await look.WaitAsync(timeout, _time, cancellationToken).ConfigureAwait(false);
            if (IsSilent)
                _silence = new CancellationTokenSource();
            _status = status;
        }
        catch (TimeoutException) when (!look.IsCompleted)
        {
            MarkDown("does not answer", isSilent: true);
            return;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            MarkDown(RedisErrors.Describe(failure), isSilent: false);
        }

        _look = null;
    }

    public async ValueTask DisposeAsync()
    {
        _administration.Dispose();
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private void MarkDown(string error, bool isSilent)
    {
        _status = _status with { IsUp = false, Error = error };
        if (isSilent)
            // Elsewhere: all who wait go on at once.
            _ = _silence.CancelAsync();
    }

    private async Task<RedisNodeStatus> LookAsync(CancellationToken cancellationToken)
    {
        _connection.Start();
        var started = _time.GetTimestamp();
        var reply = await AskAsync(cancellationToken).ConfigureAwait(false);
        var before = _status;
        var status = RedisNodeStatus.Read(before, new RedisInfo(reply.Text), started, _time);
        await _connection.PrepareAsync(isChanged: before.Role != status.Role && before.Role != RedisRole.Unknown)
            .WaitAsync(GiveUp, _time, cancellationToken).ConfigureAwait(false);
        return status;
    }

    // A node may close connections without being down: sentinels have all of them closed when its role changes.
    private async Task<RespFrame> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _administration.ExecuteAsync(GiveUp, cancellationToken, "INFO").ConfigureAwait(false);
        }
        catch (IOException)
        {
            return await _administration.ExecuteAsync(GiveUp, cancellationToken, "INFO").ConfigureAwait(false);
        }
    }
}
