using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Cache;
using RedisAspire.ApiService.History;
using RedisAspire.ApiService.Nodes;
using RedisAspire.Topology;

namespace RedisAspire.ApiService.Events;

/// <summary>
/// Sends the events of every second to all listeners. They are composed and serialised once for any number of listeners;
/// a listener that is too slow misses some. Nothing is composed without listeners.
/// </summary>
internal sealed partial class EventFeed(EventComposer composer, TimeProvider time, ILogger<EventFeed> logger) : BackgroundService
{
    private const int MaximumListeners = 500;
    private const int Backlog = 5;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    // After this time without an event, a listener gets a heartbeat.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private readonly Lock _changing = new();
    private readonly List<Channel<ReadOnlyMemory<byte>>> _listeners = [];
    private readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    // The full state of the last second, for new listeners; empty without listeners.
    private ReadOnlyMemory<byte> _opening;
    private bool _isFailing;

    /// <summary>Whether the feed takes no more listeners.</summary>
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

    /// <summary>The bytes to send to a client: first the full state, then what is new.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var listener = Join();
        try
        {
            yield return Welcome;
            while (true)
            {
                if (!await HasEventsAsync(listener.Reader, cancellationToken))
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
                if (!Send(opening, news))
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
        // No failure may end the service: the next second is another attempt.
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

    private bool Send(ReadOnlyMemory<byte> opening, ReadOnlyMemory<byte> news)
    {
        lock (_changing)
        {
            // Without an opening all listeners are new, and need the full state.
            var events = _opening.IsEmpty && !opening.IsEmpty ? opening : news;
            foreach (var listener in _listeners)
                listener.Writer.TryWrite(events);
            _opening = _listeners.Count > 0 ? opening : default;
            return _listeners.Count > 0;
        }
    }

    private async Task<bool> HasEventsAsync(ChannelReader<ReadOnlyMemory<byte>> listener, CancellationToken cancellationToken)
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

    [LoggerMessage(LogLevel.Warning, "The events could not be composed. Listeners get heartbeats only, until an attempt succeeds; there is one every second.")]
    private partial void LogFailing(Exception failure);
}

/// <summary>Composes the events: the full state for new listeners, and what is new for the others. It is for one caller at a time.</summary>
internal sealed partial class EventComposer(
    RedisTopology topology, ClusterFigures cluster, LookupHistory history, TopologyLog log, IOptions<JsonOptions> options, ILogger<EventComposer> logger)
{
    private const int MaximumLookups = 50;

    private readonly JsonSerializerOptions _json = options.Value.SerializerOptions;
    private HashSet<string> _sent = [];
    private Contracts.RedisSentinelStatus[] _sentinels = [];
    private long _lastChange;

    /// <summary>Composes the events of this moment.</summary>
    /// <returns>The events for new listeners, and those for the others.</returns>
    public async Task<(ReadOnlyMemory<byte> Opening, ReadOnlyMemory<byte> News)> ComposeAsync(CancellationToken cancellationToken)
    {
        var reading = cluster.ReadAsync(cancellationToken);
        var lookups = await ReadLookupsAsync(cancellationToken);
        var stats = await reading;
        var changes = log.Changes;
        var nodes = topology.Snapshot.ToResponses();
        var sentinels = topology.SentinelStatuses.Select(sentinel => sentinel.ToContract()).ToArray();

        var opening = Common().Add("history", lookups).Add("topology", changes).Add("sentinels", sentinels);
        var news = Common();
        // Another replica than before may lack look-ups that were sent already.
        if (lookups.TakeWhile(lookup => !_sent.Contains(lookup.Id)).ToArray() is { Length: > 0 } newLookups)
        {
            news.Add("history", newLookups);
            _sent = [.. lookups.Select(lookup => lookup.Id)];
        }

        if (changes.Where(change => change.Number > _lastChange).ToArray() is { Length: > 0 } newChanges)
            news.Add("topology", newChanges);

        if (!sentinels.SequenceEqual(_sentinels))
            news.Add("sentinels", sentinels);

        _sentinels = sentinels;
        _lastChange = changes.Count > 0 ? changes[^1].Number : 0;
        return (opening.Bytes, news.Bytes);

        EventFrame Common() => new EventFrame(_json).Add("nodes", nodes).Add("stats", stats);
    }

    private async Task<IReadOnlyList<HistoryEntryResponse>> ReadLookupsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await history.ReadAsync(MaximumLookups, before: null, cancellationToken)).Value;
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, cancellationToken))
        {
            LogNoHistory(failure);
            return [];
        }
    }

    [LoggerMessage(LogLevel.Debug, "The history could not be read. The events of this second have no look-ups.")]
    private partial void LogNoHistory(Exception failure);
}

/// <summary>Serialised events, made once for any number of clients.</summary>
internal sealed class EventFrame(JsonSerializerOptions json)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>The events that were added so far.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Adds an event.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="data">Its data. In JSON it is one line.</param>
    public EventFrame Add<T>(string type, T data)
    {
        _bytes.Write("event: "u8);
        _bytes.Write(System.Text.Encoding.UTF8.GetBytes(type));
        _bytes.Write("\ndata: "u8);
        _bytes.Write(JsonSerializer.SerializeToUtf8Bytes(data, json));
        _bytes.Write("\n\n"u8);
        return this;
    }
}
