using StackExchange.Redis;

namespace RedisAspire.Caching.Topology;

/// <summary>The multiplexer that carries a node's writes; made in the background, and made anew when it is stuck.</summary>
/// <param name="connect">Makes the multiplexer.</param>
/// <param name="isOwned">Whether it belongs to nobody else: only then it is disposed of or made anew.</param>
internal sealed class NodeConnection(Func<Task<IConnectionMultiplexer>> connect, bool isOwned) : IAsyncDisposable
{
    // Time-outs in a row, with the node answering in between: the connection is dead and has not been told.
    private const int StuckAfter = 3;

    private volatile Task<IConnectionMultiplexer>? _connecting;
    private int _timeouts;

    /// <summary>The node's commands; <see langword="null"/> before it has been connected.</summary>
    // The first database, whatever the application's own multiplexer is configured with: changes are told without a number.
    public IDatabase? Database => _connecting is { IsCompletedSuccessfully: true } connected ? connected.Result.GetDatabase(0) : null;

    /// <summary>Begins to connect, if that has not been done or has failed.</summary>
    public void Start()
    {
        if (_connecting is null or { IsFaulted: true } or { IsCanceled: true })
            // Connecting to an absent server blocks the calling thread for a while in some client versions.
            _connecting = Task.Run(connect);
    }

    /// <summary>Waits until the node can be used. To be called when it has answered.</summary>
    /// <param name="isChanged">Whether its role is another one: the client remembers roles, and refuses writes to what it takes for a replica.</param>
    public async Task PrepareAsync(bool isChanged)
    {
        Start();
        var connection = await _connecting!.ConfigureAwait(false);
        if (isChanged)
            await ((ConnectionMultiplexer)connection).ConfigureAsync().ConfigureAwait(false);
        else if (isOwned && Volatile.Read(ref _timeouts) >= StuckAfter)
            await ReplaceAsync(connection).ConfigureAwait(false);
    }

    /// <summary>Takes note of a command that failed.</summary>
    public void ReportFailure(Exception failure)
    {
        if (failure is TimeoutException)
            Interlocked.Increment(ref _timeouts);
    }

    /// <summary>Takes note of a command that was answered.</summary>
    public void ReportSuccess()
    {
        if (Volatile.Read(ref _timeouts) != 0)
            Volatile.Write(ref _timeouts, 0);
    }

    public async ValueTask DisposeAsync()
    {
        if (isOwned && _connecting is { IsCompletedSuccessfully: true } connected)
            (await connected.ConfigureAwait(false)).Dispose();
    }

    private async Task ReplaceAsync(IConnectionMultiplexer stuck)
    {
        Volatile.Write(ref _timeouts, 0);
        var replacing = Task.Run(connect);
        await replacing.ConfigureAwait(false);
        _connecting = replacing;
        // That takes seconds when what was sent is never answered.
        _ = Task.Run(stuck.Dispose);
    }
}
