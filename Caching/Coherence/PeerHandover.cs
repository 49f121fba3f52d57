using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace RedisAspire.Caching.Coherence;

/// <summary>
/// Hands entries from process to process, for when no node is left that could pass them on: a lease says where its holder
/// can be asked. Who asks has to name the lease, which nobody can guess: it stands in Redis, for those who may read there.
/// </summary>
/// <remarks>A question is the length of the lease in a byte, and the lease; the answer is the length of the entry in four bytes, and the entry.</remarks>
internal sealed partial class PeerHandover : IAsyncDisposable
{
    private const char AddressMark = '@';
    private const int LengthBytes = sizeof(int);
    private const int MaximumHeaderBytes = 64 * 1024;
    private const int MaximumAsking = 256;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan QuestionTimeout = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, OfferedFill> _offered = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _maximumBytes;
    private readonly TimeProvider _time;
    private readonly ILogger<PeerHandover> _logger;
    private readonly TcpListener? _listener;
    private readonly Task _accepting = Task.CompletedTask;
    private int _asking;

    public PeerHandover(IOptions<ReplicatedCacheOptions> options, TimeProvider time, ILogger<PeerHandover> logger)
    {
        _maximumBytes = options.Value.MaximumPayloadBytes + MaximumHeaderBytes;
        _time = time;
        _logger = logger;
        if (options.Value.PeerAddress is not { Length: > 0 } address)
            return;

        var listener = new TcpListener(IPAddress.Parse(address), port: 0);
        try
        {
            listener.Start();
        }
        catch (SocketException failure)
        {
            listener.Dispose();
            LogCannotListen(address, failure.Message);
            return;
        }

        _listener = listener;
        Suffix = $"{AddressMark}{listener.LocalEndpoint}";
        _accepting = AcceptAsync(listener);
    }

    /// <summary>What the leases of this process end with: where it can be asked. Empty when it cannot.</summary>
    public string Suffix { get; } = "";

    /// <summary>Lets others ask for what is being filled under a lease, until that is disposed of; <see langword="null"/> when nobody can ask.</summary>
    public OfferedFill? Offer(string lease) => _listener is null ? null : new OfferedFill(lease, _offered, _time);

    /// <summary>Asks the holder of a lease for what it fills. Never fails: whoever waits for it asks the source as well.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="payload">Completed with the entry, if the holder hands it over.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task AskAsync(string lease, TaskCompletionSource<byte[]> payload, CancellationToken cancellationToken)
    {
        if (_listener is null || lease.Split(AddressMark) is not [_, var address] || !IPEndPoint.TryParse(address, out var holder))
            return;
        try
        {
            using var client = new TcpClient(holder.AddressFamily);
            await client.ConnectAsync(holder, cancellationToken).ConfigureAwait(false);
            var stream = client.GetStream();
            await stream.WriteAsync(Question(lease), cancellationToken).ConfigureAwait(false);

            var length = new byte[LengthBytes];
            await stream.ReadExactlyAsync(length, cancellationToken).ConfigureAwait(false);
            if (BinaryPrimitives.ReadInt32LittleEndian(length) is var bytes && (bytes < 0 || bytes > _maximumBytes))
                return;
            var entry = new byte[bytes];
            await stream.ReadExactlyAsync(entry, cancellationToken).ConfigureAwait(false);
            payload.TrySetResult(entry);
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
        {
            LogNotHandedOver(holder, failure.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener?.Dispose();
        await _accepting.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private static byte[] Question(string lease) => [(byte)Encoding.UTF8.GetByteCount(lease), .. Encoding.UTF8.GetBytes(lease)];

    private async Task AcceptAsync(TcpListener listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _ = AnswerAsync(await listener.AcceptTcpClientAsync(_stopping.Token).ConfigureAwait(false), _stopping.Token);
            }
            catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped; or no more connections can be had for a while.
                await Task.Delay(Pause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task AnswerAsync(TcpClient client, CancellationToken stopping)
    {
        using var asking = client;
        try
        {
            if (Interlocked.Increment(ref _asking) > MaximumAsking)
                return;
            var stream = client.GetStream();
            if (!_offered.TryGetValue(await ReadQuestionAsync(stream, stopping).ConfigureAwait(false), out var offered))
                return;

            // Who has asked says no more: whatever comes means that nobody waits any longer.
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            Task leaving = stream.ReadAsync(new byte[1], gone.Token).AsTask();
            var isGiven = await Task.WhenAny(offered.Entry, leaving).ConfigureAwait(false) == offered.Entry;
            await gone.CancelAsync().ConfigureAwait(false);
            await leaving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!isGiven || await offered.Entry.ConfigureAwait(false) is not { } entry)
                return;

            var answer = new byte[LengthBytes + entry.Length];
            BinaryPrimitives.WriteInt32LittleEndian(answer, entry.Length);
            entry.CopyTo(answer, LengthBytes);
            await stream.WriteAsync(answer, stopping).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
        {
            LogNotAnswered(failure.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    private async Task<string> ReadQuestionAsync(NetworkStream stream, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(QuestionTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        var length = new byte[1];
        await stream.ReadExactlyAsync(length, either.Token).ConfigureAwait(false);
        var lease = new byte[length[0]];
        await stream.ReadExactlyAsync(lease, either.Token).ConfigureAwait(false);
        return Encoding.UTF8.GetString(lease);
    }

    [LoggerMessage(LogLevel.Warning, "No other process can ask for what is filled here while no Redis node is up: cannot listen on {Address}. {Reason}")]
    private partial void LogCannotListen(string address, string reason);

    [LoggerMessage(LogLevel.Debug, "{Holder} does not hand over what it fills: {Reason}")]
    private partial void LogNotHandedOver(IPEndPoint holder, string reason);

    [LoggerMessage(LogLevel.Debug, "Somebody who asked for what is filled here got no answer: {Reason}")]
    private partial void LogNotAnswered(string reason);
}
