using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Entries;
using RedisAspire.Caching.Resp;
using RedisAspire.Caching.Topology;
using RedisAspire.Caching.Tracking;
using StackExchange.Redis;

namespace RedisAspire.Caching.Coherence;

/// <summary>
/// Hands an entry that the master could not take to the processes that wait for it, through the nodes that are left:
/// a replica stores nothing, but it publishes. Without this they would have to ask their sources, after all that waiting.
/// </summary>
internal sealed partial class FillHandover : IDisposable
{
    // The first byte of a message, which is the version of the form of the rest: processes of different versions listen.
    private const byte Version = 1;
    private const int HeaderBytes = 1 + sizeof(int);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly RedisTopology _topology;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<byte[]>> _awaited = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly ILogger<FillHandover> _logger;
    private readonly string _channel;
    private readonly CancellationTokenSource _stopping = new();

    public FillHandover(RedisTopology topology, IOptions<ReplicatedCacheOptions> options, TimeProvider time, ILogger<FillHandover> logger)
    {
        _topology = topology;
        _time = time;
        _logger = logger;
        _channel = options.Value.KeyPrefix + InternalKeys.HandoverChannel;
        // To all of them: whichever is left has passed it on, and sentinels close such connections when a node's role changes.
        foreach (var node in topology.Nodes)
            _ = ListenAsync(node, _stopping.Token);
    }

    /// <summary>Begins to wait for what others hand over.</summary>
    public AwaitedFill Await() => new(_awaited);

    /// <summary>Publishes an entry on every node that is up. Nobody waits for that.</summary>
    /// <param name="lease">The lease under which it was filled.</param>
    /// <param name="payload">The entry.</param>
    public void Publish(string lease, byte[] payload)
    {
        var message = Pack(lease, payload);
        foreach (var node in _topology.Nodes.Where(node => node.Status.IsUp))
            _ = PublishAsync(node, message);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private static byte[] Pack(string lease, byte[] payload)
    {
        var length = Encoding.UTF8.GetByteCount(lease);
        var message = new byte[HeaderBytes + length + payload.Length];
        message[0] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(1), length);
        Encoding.UTF8.GetBytes(lease, message.AsSpan(HeaderBytes));
        payload.CopyTo(message, HeaderBytes + length);
        return message;
    }

    private async Task PublishAsync(RedisNode node, byte[] message)
    {
        try
        {
            await node.Database.PublishAsync(RedisChannel.Literal(_channel), message).ConfigureAwait(false);
        }
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, CancellationToken.None))
        {
            LogFailed(node.Name, failure.Message);
        }
    }

    private async Task ListenAsync(RedisNode node, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            // Counted from here: a connection that has lasted is made anew at once.
            var pause = Task.Delay(Pause, _time, stopping);
            try
            {
                if (node.Status.IsUp)
                    await ListenOnceAsync(node.Endpoint.ToConnectionOptions("RedisAspire-handover"), stopping).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                // Whatever it is: the other nodes are heard, and this one is tried again.
                LogFailed(node.Name, failure.Message);
            }

            await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        if (frame.Kind != RespKind.Push || frame.Items is not [{ Text: "message" }, _, { Bytes: [Version, _, _, _, _, ..] message }])
            return;
        var length = BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(1));
        if (length >= 0 && length <= message.Length - HeaderBytes && _awaited.TryGetValue(Encoding.UTF8.GetString(message, HeaderBytes, length), out var payload))
            payload.TrySetResult(message[(HeaderBytes + length)..]);
    }

    [LoggerMessage(LogLevel.Debug, "{Node} does not pass on what the master could not take: {Reason}")]
    private partial void LogFailed(string node, string reason);
}
