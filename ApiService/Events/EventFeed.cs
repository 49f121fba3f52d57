using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace RedisAspire.ApiService.Events;

/// <summary>
/// Tells everybody who listens what happens, once a second. However many listen, it is found out and written down once;
/// whoever is too slow misses some of it. Nothing is done while nobody listens.
/// </summary>
internal sealed partial class EventFeed(EventComposer composer, TimeProvider time, ILogger<EventFeed> logger) : BackgroundService
{
    private const int MaximumListeners = 500;
    private const int Backlog = 5;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    // Whoever hears nothing for so long is told that the connection stands.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private readonly Lock _changing = new();
    private readonly List<Channel<ReadOnlyMemory<byte>>> _listeners = [];
    private readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    // All that was known at the last second; nothing while nobody listens.
    private ReadOnlyMemory<byte> _opening;
    private bool _isFailing;

    /// <summary>Whether nobody else can listen now.</summary>
    public bool IsFull
    {
        get
        {
            lock (_changing)
                return _listeners.Count >= MaximumListeners;
        }
    }

    private static ReadOnlyMemory<byte> Welcome { get; } = "retry: 2000\n: welcome\n\n"u8.ToArray();

    private static ReadOnlyMemory<byte> Heartbeat { get; } = ": still here\n\n"u8.ToArray();

    /// <summary>What is to be sent to a client, as it happens: first all that is known, then what is new.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var listener = Join();
        try
        {
            yield return Welcome;
            while (true)
            {
                if (!await IsToldAsync(listener.Reader, cancellationToken))
                    yield return Heartbeat;
                while (listener.Reader.TryRead(out var events))
                    yield return events;
            }
        }
        finally
        {
            lock (_changing)
                _listeners.Remove(listener);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _arrivals.Reader.ReadAsync(stoppingToken))
        {
            using var timer = new PeriodicTimer(Interval, time);
            while (true)
            {
                var (opening, news) = await ComposeAsync(stoppingToken);
                if (!Tell(opening, news))
                    break;
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
    }

    private async Task<(ReadOnlyMemory<byte> Opening, ReadOnlyMemory<byte> News)> ComposeAsync(CancellationToken stoppingToken)
    {
        try
        {
            var events = await composer.ComposeAsync(stoppingToken);
            _isFailing = false;
            return events;
        }
        // Whatever it is, it must not end the service: there is the next second.
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            if (!_isFailing)
                LogFailing(failure);
            _isFailing = true;
            return (_opening, Heartbeat);
        }
    }

    private Channel<ReadOnlyMemory<byte>> Join()
    {
        var listener = Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_changing)
        {
            _listeners.Add(listener);
            if (!_opening.IsEmpty)
                listener.Writer.TryWrite(_opening);
        }

        _arrivals.Writer.TryWrite(true);
        return listener;
    }

    private bool Tell(ReadOnlyMemory<byte> opening, ReadOnlyMemory<byte> news)
    {
        lock (_changing)
        {
            // Where there was no opening, all have come since, and know nothing yet.
            var events = _opening.IsEmpty && !opening.IsEmpty ? opening : news;
            foreach (var listener in _listeners)
                listener.Writer.TryWrite(events);
            _opening = _listeners.Count > 0 ? opening : default;
            return _listeners.Count > 0;
        }
    }

    private async Task<bool> IsToldAsync(ChannelReader<ReadOnlyMemory<byte>> listener, CancellationToken cancellationToken)
    {
        try
        {
            return await listener.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(Quiet, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "What happens cannot be told now, and is tried again every second.")]
    private partial void LogFailing(Exception failure);
}
