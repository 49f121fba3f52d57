using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RedisAspire.Web.Api;

namespace RedisAspire.Web.Live;

/// <summary>
/// The nodes and the cache, live, for every open page. However many pages watch, the API is listened to once; while none
/// does, it is not listened to at all.
/// </summary>
/// <param name="clients">Makes the connection to the API.</param>
/// <param name="configuration">Holds what the API knows this service by.</param>
/// <param name="time">Measures how long the API has been silent.</param>
/// <param name="logger">Is told when the API is lost and found.</param>
public sealed partial class LiveFeed(IHttpClientFactory clients, IConfiguration configuration, TimeProvider time, ILogger<LiveFeed> logger) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    // It tells something every second, unless it waits for a Redis node that hangs.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(6);

    private readonly Lock _lock = new();
    private readonly List<ChannelWriter<LiveUpdate>> _watchers = [];
    private readonly ApiConnection _api = new(clients, configuration);
    private CancellationTokenSource? _listening;
    private LiveUpdate _last = LiveUpdate.None;

    /// <summary>What is known now: as just told to another page, or else the nodes alone.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>What is known, or why nothing is.</returns>
    public async Task<LiveUpdate> GetAsync(CancellationToken cancellationToken)
    {
        var last = Volatile.Read(ref _last);
        if (last.IsReachable && time.GetUtcNow() - last.KnownAt < Fresh)
            return last;

        using var patience = new CancellationTokenSource(Fresh, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
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

    /// <summary>Follows what happens. A reader that is slow gets the newest update, not all of them.</summary>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <returns>An update about every second, beginning with what is known.</returns>
    public async IAsyncEnumerable<LiveUpdate> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<LiveUpdate>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
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

    private void Join(ChannelWriter<LiveUpdate> watcher)
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

    private void Leave(ChannelWriter<LiveUpdate> watcher)
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
        // Not under the lock of the page that came first.
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

    // Why it ended.
    private async Task<string> ListenOnceAsync(CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            await foreach (var told in _api.StreamAsync(HttpMethod.Get, "api/events", body: null, either.Token))
            {
                silence.CancelAfter(Silence);
                Publish(_last.Apply(told, time.GetUtcNow()));
            }

            return "The API has ended the connection.";
        }
        catch (CacheApiException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException)
        {
            return $"The API has said nothing for {Silence.TotalSeconds:0} seconds.";
        }
        // Not all of what an API of another version says is of the wrong form at once: whatever comes of it, the API is listened to again.
        catch (Exception exception)
        {
            LogNotUnderstood(exception);
            return "The API says what this page does not understand.";
        }
    }

    private void Publish(LiveUpdate update)
    {
        LiveUpdate before;
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The API tells nothing: {Problem}")]
    private partial void LogLost(string problem);

    [LoggerMessage(Level = LogLevel.Debug, Message = "What the API tells is not understood.")]
    private partial void LogNotUnderstood(Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "The API tells what happens.")]
    private partial void LogFound();
}
