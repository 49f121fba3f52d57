using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RedisAspire.Web.Api;

namespace RedisAspire.Web.Live;

/// <summary>
/// The Redis nodes, live, for every open page. However many pages watch, the API is asked once per second; while none
/// does, it is not asked at all.
/// </summary>
/// <param name="services">Gives the client of the API, a new one for every request.</param>
/// <param name="time">Beats the seconds.</param>
/// <param name="logger">Is told when the API is lost and found.</param>
public sealed partial class NodesFeed(IServiceProvider services, TimeProvider time, ILogger<NodesFeed> logger) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly List<ChannelWriter<NodesUpdate>> _watchers = [];
    private CancellationTokenSource? _polling;
    private NodesUpdate _last = NodesUpdate.None;

    /// <summary>The nodes now: as just seen for another page, or else from the API.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The nodes, or why they could not be read.</returns>
    public async Task<NodesUpdate> GetAsync(CancellationToken cancellationToken)
    {
        var last = Volatile.Read(ref _last);
        return last.IsReachable && time.GetUtcNow() - last.KnownAt < Patience ? last : await ReadAsync(cancellationToken);
    }

    /// <summary>Follows the nodes. A reader that is slow gets the newest update, not all of them.</summary>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <returns>An update every second.</returns>
    public async IAsyncEnumerable<NodesUpdate> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<NodesUpdate>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        Join(channel.Writer);
        try
        {
            await foreach (var update in channel.Reader.ReadAllAsync(cancellationToken))
                yield return update;
        }
        finally
        {
            Leave(channel.Writer);
        }
    }

    /// <inheritdoc />
    public void Dispose() => Stop();

    private void Join(ChannelWriter<NodesUpdate> watcher)
    {
        lock (_lock)
        {
            _watchers.Add(watcher);
            if (_polling is not null)
                return;

            _polling = new CancellationTokenSource();
            _ = PollAsync(_polling.Token);
        }
    }

    private void Leave(ChannelWriter<NodesUpdate> watcher)
    {
        lock (_lock)
        {
            _watchers.Remove(watcher);
            if (_watchers.Count > 0)
                return;

            Stop();
        }
    }

    private void Stop()
    {
        _polling?.Cancel();
        _polling?.Dispose();
        _polling = null;
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        // Not under the lock of the page that came first.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
                Publish(await ReadAsync(cancellationToken));
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // The last page was closed.
        }
    }

    private void Publish(NodesUpdate update)
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers)
                watcher.TryWrite(update);
        }
    }

    private async Task<NodesUpdate> ReadAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var nodes = await services.GetRequiredService<CacheApiClient>().GetNodesAsync(limited.Token);
            return Remember(new NodesUpdate(nodes, time.GetUtcNow(), null));
        }
        catch (CacheApiException exception)
        {
            return Remember(_last with { Problem = exception.Message });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Remember(_last with { Problem = $"There was no answer within {Patience.TotalSeconds:0} seconds." });
        }
    }

    private NodesUpdate Remember(NodesUpdate update)
    {
        var before = Interlocked.Exchange(ref _last, update);
        if (before.IsReachable && update.Problem is { } problem)
            LogLost(problem);
        else if (!before.IsReachable && update.IsReachable)
            LogFound();
        return update;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The nodes cannot be read from the API: {Problem}")]
    private partial void LogLost(string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "The API answers again.")]
    private partial void LogFound();
}
