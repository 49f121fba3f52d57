using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Entries;
using RedisAspire.Caching.Resp;
using RedisAspire.Caching.Topology;
using RedisAspire.Caching.Tracking;

namespace RedisAspire.Caching.Coherence;

/// <summary>
/// Hands an entry that the master could not take to the processes that wait for it, through the nodes that are left:
/// a replica stores nothing, but it publishes. Without this they would have to ask their sources, after all that waiting.
/// </summary>
internal sealed partial class FillHandover : IDisposable
{
    private const int LengthBytes = sizeof(int);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly RedisTopology _topology;
    private readonly ReadChannel _reads;
    private readonly TimeProvider _time;
    private readonly ILogger<FillHandover> _logger;
    private readonly string _channel;
    private RedisNode? _node;
    private CancellationTokenSource? _listening;

    public FillHandover(RedisTopology topology, ReadChannel reads, IOptions<ReplicatedCacheOptions> options, TimeProvider time, ILogger<FillHandover> logger)
    {
        _topology = topology;
        _reads = reads;
        _time = time;
        _logger = logger;
        _channel = options.Value.KeyPrefix + InternalKeys.HandoverChannel;
        topology.Looked += Follow;
        Follow(topology, EventArgs.Empty);
    }

    /// <summary>Publishes an entry on every node that is up. Nobody waits for that.</summary>
    public void Publish(string key, byte[] payload)
    {
        var message = Pack(key, payload);
        foreach (var node in _topology.Nodes.Where(node => node.Status.IsUp))
            _ = PublishAsync(node, message);
    }

    public void Dispose()
    {
        _topology.Looked -= Follow;
        _listening?.Cancel();
    }

    private static byte[] Pack(string key, byte[] payload)
    {
        var length = Encoding.UTF8.GetByteCount(key);
        var message = new byte[LengthBytes + length + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, length);
        Encoding.UTF8.GetBytes(key, message.AsSpan(LengthBytes));
        payload.CopyTo(message, LengthBytes + length);
        return message;
    }

    private async Task PublishAsync(RedisNode node, byte[] message)
    {
        try
        {
            await node.Database.ExecuteAsync("PUBLISH", _channel, message).ConfigureAwait(false);
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, CancellationToken.None))
        {
            LogFailed(node.Name, failure.Message);
        }
    }

    // Where cached values are read from: only with what that node has told can a message be judged.
    private void Follow(object? sender, EventArgs e)
    {
        if (_topology.ReadNode is not { } node || node == _node)
            return;
        _node = node;
        _listening?.Cancel();
        _listening = new CancellationTokenSource();
        _ = ListenAsync(node, _listening.Token);
    }

    private async Task ListenAsync(RedisNode node, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ListenOnceAsync(node.Endpoint.ToConnectionOptions("RedisAspire-handover"), stopping).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or RespErrorException or RespProtocolException)
            {
                LogFailed(node.Name, failure.Message);
            }

            await Task.Delay(Pause, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenOnceAsync(TrackedConnectionOptions options, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        var (stream, input) = await TrackedHandshake.OpenAsync(options, TrackedHandshake.IntroduceAsync, either.Token).ConfigureAwait(false);
        await using var disposing = stream.ConfigureAwait(false);
        await TrackedHandshake.SendAsync(stream, either.Token, "SUBSCRIBE", _channel).ConfigureAwait(false);

        while (true)
        {
            input.Received(await input.ReceiveAsync(stopping).ConfigureAwait(false));
            while (input.TryTake(out var frame))
                Hear(frame);
        }
    }

    private void Hear(in RespFrame frame)
    {
        if (frame.Kind == RespKind.Error)
            throw new RespErrorException(frame.Text);
        if (frame.Kind != RespKind.Push || frame.Items is not [{ Text: "message" }, _, { Bytes: { Length: >= LengthBytes } message }])
            return;
        var length = BinaryPrimitives.ReadInt32LittleEndian(message);
        if (length >= 0 && length <= message.Length - LengthBytes)
            _ = _reads.HandOverAsync(Encoding.UTF8.GetString(message, LengthBytes, length), message[(LengthBytes + length)..]);
    }

    [LoggerMessage(LogLevel.Debug, "{Node} does not pass on what the master could not take: {Reason}")]
    private partial void LogFailed(string node, string reason);
}
