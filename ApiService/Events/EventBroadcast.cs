using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Features;
using RedisAspire.ServiceDefaults;

namespace RedisAspire.ApiService.Events;

/// <summary>
/// Sends the events of every second to all listeners. They are composed and serialised once for any number of listeners;
/// a listener that is too slow misses some. Nothing is composed without listeners. <c>compose</c> gives the full state for new listeners and
/// what is new for the others, <c>failed</c> gets the first of several failures in a row, and <c>rest</c> is called when the last listener has gone.
/// </summary>
internal sealed class EventBroadcast(
    Func<CancellationToken, Task<(ReadOnlyMemory<byte> Opening, ReadOnlyMemory<byte> News)>> compose, Action<Exception> failed, TimeProvider time, Func<ValueTask>? rest = null)
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

    private bool IsFull
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

    public async Task RunAsync(CancellationToken stoppingToken)
    {
        while (await _arrivals.Reader.ReadAsync(stoppingToken))
        {
            try
            {
                await SendToAllAsync(stoppingToken);
            }
            finally
            {
                if (rest is not null)
                    await rest();
            }
        }
    }

    /// <summary>Answers a request with the events, until the client has gone or the service stops.</summary>
    public async Task<IResult> AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        if (IsFull)
        {
            response.Headers.RetryAfter = "10";
            return Answers.Problem(503, "The API has as many event streams as it can serve.");
        }

        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        // The stream has no end, so HEAD cannot be answered by running it.
        if (context.IsHead())
            return TypedResults.Empty;
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();

        // The server waits for its requests when it stops, and the stream does not end by itself.
        var lifetime = context.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await foreach (var events in ListenAsync(end.Token))
            {
                await response.Body.WriteAsync(events, end.Token);
                await response.Body.FlushAsync(end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client has disconnected, or the service is stopping.
        }

        return TypedResults.Empty;
    }

    private async Task SendToAllAsync(CancellationToken stoppingToken)
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

    private async Task<(ReadOnlyMemory<byte> Opening, ReadOnlyMemory<byte> News)> ComposeAsync(CancellationToken stoppingToken)
    {
        try
        {
            var events = await compose(stoppingToken);
            _isFailing = false;
            return events;
        }
        // No failure may end the service: the next second is another attempt.
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            if (!_isFailing)
                failed(failure);
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
}

/// <summary>Serialised events, made once for any number of clients.</summary>
internal sealed class EventFrame(JsonSerializerOptions json)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

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
