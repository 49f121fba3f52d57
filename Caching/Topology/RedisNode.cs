using RedisAspire.Caching.Resp;
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

    /// <summary>The node's commands. To be asked for only after the node was seen to be up.</summary>
    /// <exception cref="RedisUnavailableException">The node has never been connected.</exception>
    public IDatabase Database => _connection.Database ?? throw new RedisUnavailableException($"{Name} is not connected.");

    /// <summary>Marks the node as down until the next successful look at it, so that nobody else waits for it.</summary>
    public void ReportFailure(Exception failure)
    {
        _status = _status with { IsUp = false, Error = Describe(failure) };
        _connection.ReportFailure(failure);
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
            _status = await look.WaitAsync(timeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!look.IsCompleted)
        {
            _status = _status with { IsUp = false, Error = "does not answer" };
            return;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _status = _status with { IsUp = false, Error = Describe(failure) };
        }

        _look = null;
    }

    public async ValueTask DisposeAsync()
    {
        _administration.Dispose();
        await _connection.DisposeAsync().ConfigureAwait(false);
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

    // Messages of StackExchange.Redis go on for lines with its internal state; what a person needs is the first sentence.
    private static string Describe(Exception failure) => failure.Message.Split(['\n', ';'], 2)[0].Trim().TrimEnd('.');
}
