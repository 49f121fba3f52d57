using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Cache;
using RedisAspire.ApiService.History;
using RedisAspire.ApiService.Nodes;
using RedisAspire.Caching.Topology;

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

/// <summary>Puts together what is to be told: everything to those who have just come, and what is new to the others. For one caller at a time.</summary>
internal sealed partial class EventComposer(
    RedisTopology topology, ClusterFigures cluster, LookupHistory history, TopologyLog log, IOptions<JsonOptions> options, ILogger<EventComposer> logger)
{
    private const int MaximumLookups = 50;

    private readonly JsonSerializerOptions _json = options.Value.SerializerOptions;
    private HashSet<string> _told = [];
    private long _lastChange;

    /// <summary>Composes the events of this moment.</summary>
    /// <returns>What those are sent that have just come, and what the others are.</returns>
    public async Task<(ReadOnlyMemory<byte> Opening, ReadOnlyMemory<byte> News)> ComposeAsync(CancellationToken cancellationToken)
    {
        var reading = cluster.ReadAsync(cancellationToken);
        var lookups = await ReadLookupsAsync(cancellationToken);
        var stats = await reading;
        var changes = log.Changes;
        var nodes = topology.Snapshot.ToResponses();

        var opening = Common().Add("history", lookups).Add("topology", changes);
        var news = Common();
        // Another replica than before may be behind what has been told already.
        if (lookups.TakeWhile(lookup => !_told.Contains(lookup.Id)).ToArray() is { Length: > 0 } newLookups)
        {
            news.Add("history", newLookups);
            _told = [.. lookups.Select(lookup => lookup.Id)];
        }

        if (changes.Where(change => change.Number > _lastChange).ToArray() is { Length: > 0 } newChanges)
            news.Add("topology", newChanges);

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
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, cancellationToken))
        {
            LogNoHistory(failure);
            return [];
        }
    }

    [LoggerMessage(LogLevel.Debug, "The history cannot be read now.")]
    private partial void LogNoHistory(Exception failure);
}

/// <summary>Events as they are sent, made once for however many clients.</summary>
internal sealed class EventFrame(JsonSerializerOptions json)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>What is to be sent until now.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Adds an event.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="data">What it says. In JSON it has one line.</param>
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
