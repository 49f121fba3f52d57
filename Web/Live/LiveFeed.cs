using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RedisAspire.Web.Api;

namespace RedisAspire.Web.Live;

/// <summary>
/// The events of the API, for every open page of this process. However many pages watch, there is one event stream; while no
/// page watches, there is none.
/// </summary>
internal sealed partial class LiveFeed(IHttpClientFactory clients, IConfiguration configuration, TimeProvider time, ILogger<LiveFeed> logger) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    // The API sends an event every second, unless it waits for a Redis node that hangs.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(6);

    private readonly Lock _lock = new();
    private readonly List<ChannelWriter<LiveSnapshot>> _watchers = [];
    private readonly ApiConnection _api = new(clients, configuration);
    private CancellationTokenSource? _listening;
    private LiveSnapshot _last = LiveSnapshot.None;

    /// <summary>The last snapshot that was published to open pages.</summary>
    public LiveSnapshot Latest => Volatile.Read(ref _last);

    /// <summary>Returns the latest snapshot while it is fresh; otherwise asks the API for the nodes alone, and says why there are none.</summary>
    public async Task<LiveSnapshot> GetAsync(CancellationToken cancellationToken)
    {
        var last = Latest;
        if (last.IsReachable && time.GetUtcNow() - last.KnownAt < Fresh)
            return last;

        using var timeout = new CancellationTokenSource(Fresh, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var nodes = await _api.GetAsync<IReadOnlyList<NodeResponse>>("api/nodes", limited.Token);
            return last with { Nodes = nodes, KnownAt = time.GetUtcNow(), Problem = null };
        }
        catch (CacheApiException exception)
        {
            return last with { Problem = exception.Message };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return last with { Problem = $"There was no answer within {Fresh.TotalSeconds:0} seconds." };
        }
    }

    /// <summary>Returns a snapshot about every second, beginning with the latest one. A slow reader gets the newest one and misses those between.</summary>
    public async IAsyncEnumerable<LiveSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<LiveSnapshot>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
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

    public void Dispose() => Stop();

    private void Join(ChannelWriter<LiveSnapshot> watcher)
    {
        lock (_lock)
        {
            _watchers.Add(watcher);
            if (_listening is not null)
            {
                if (_last.KnownAt is not null)
                    watcher.TryWrite(_last);
                return;
            }

            _listening = new CancellationTokenSource();
            _ = ListenAsync(_listening.Token);
        }
    }

    private void Leave(ChannelWriter<LiveSnapshot> watcher)
    {
        lock (_lock)
        {
            _watchers.Remove(watcher);
            if (_watchers.Count == 0)
                Stop();
        }
    }

    private void Stop()
    {
        _listening?.Cancel();
        _listening?.Dispose();
        _listening = null;
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        // Join calls this under the lock, which must not be held while the request is made.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!cancellationToken.IsCancellationRequested)
        {
            var problem = await ListenOnceAsync(cancellationToken);
            if (cancellationToken.IsCancellationRequested)
                return;
            Publish(_last with { Problem = problem });
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Returns the reason why the stream has ended.
    private async Task<string> ListenOnceAsync(CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            var isOpening = true;
            await foreach (var item in _api.StreamAsync(HttpMethod.Get, "api/events", body: null, either.Token))
            {
                silence.CancelAfter(Silence);
                Publish(_last.Apply(item, time.GetUtcNow(), isOpening));
                isOpening &= item.EventType != "topology";
            }

            return "The API has closed the event stream.";
        }
        catch (CacheApiException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException)
        {
            return $"The API has sent no event for {Silence.TotalSeconds:0} seconds.";
        }
        // An API of another version may send events that make this code fail in any way. All open pages depend on this loop, so it
        // logs the failure and connects again.
        catch (Exception exception)
        {
            LogUnreadable(exception);
            return "The API sent an event that this page cannot read.";
        }
    }

    private void Publish(LiveSnapshot update)
    {
        LiveSnapshot before;
        lock (_lock)
        {
            before = _last;
            _last = update;
            foreach (var watcher in _watchers)
                watcher.TryWrite(update);
        }

        if (before.IsReachable && update.Problem is { } problem)
            LogLost(problem);
        else if (!before.IsReachable && update.IsReachable)
            LogFound();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The event stream of the API is lost: {Problem} It is connected again every second.")]
    private partial void LogLost(string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An event of the API could not be read.")]
    private partial void LogUnreadable(Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "The event stream of the API is connected.")]
    private partial void LogFound();
}
