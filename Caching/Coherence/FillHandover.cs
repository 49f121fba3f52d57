using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Entries;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.Caching.Coherence;

/// <summary>
/// Hands an entry that the master could not take to the processes that wait for it, through the nodes that are left:
/// a replica stores nothing, but it publishes. Without this they would have to ask their sources, after all that waiting.
/// </summary>
internal sealed partial class FillHandover : IDisposable
{
    private const int LengthBytes = sizeof(int);

    private readonly RedisTopology _topology;
    private readonly ReadChannel _reads;
    private readonly ILogger<FillHandover> _logger;
    private readonly string _channel;
    private readonly ConcurrentDictionary<string, IConnectionMultiplexer> _subscribed = new(StringComparer.Ordinal);

    public FillHandover(RedisTopology topology, ReadChannel reads, IOptions<ReplicatedCacheOptions> options, ILogger<FillHandover> logger)
    {
        _topology = topology;
        _reads = reads;
        _logger = logger;
        _channel = options.Value.KeyPrefix + InternalKeys.HandoverChannel;
        topology.Looked += Subscribe;
        Subscribe(topology, EventArgs.Empty);
    }

    /// <summary>Publishes an entry on every node that is up. Nobody waits for that.</summary>
    public void Publish(string key, byte[] payload)
    {
        var message = Pack(key, payload);
        foreach (var node in _topology.Nodes.Where(node => node.Status.IsUp))
            _ = TryAsync(node, () => node.Database.ExecuteAsync("PUBLISH", _channel, message));
    }

    public void Dispose() => _topology.Looked -= Subscribe;

    private static byte[] Pack(string key, byte[] payload)
    {
        var length = Encoding.UTF8.GetByteCount(key);
        var message = new byte[LengthBytes + length + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, length);
        Encoding.UTF8.GetBytes(key, message.AsSpan(LengthBytes));
        payload.CopyTo(message, LengthBytes + length);
        return message;
    }

    // The client subscribes anew by itself when a connection was lost, but a connection may be replaced as well.
    private void Subscribe(object? sender, EventArgs e)
    {
        foreach (var node in _topology.Nodes.Where(node => node.Status.IsUp))
        {
            var multiplexer = node.Database.Multiplexer;
            if (_subscribed.TryGetValue(node.Name, out var known) && known == multiplexer)
                continue;
            _subscribed[node.Name] = multiplexer;
            var channel = new RedisChannel(_channel, RedisChannel.PatternMode.Literal);
            _ = TryAsync(node, () => multiplexer.GetSubscriber().SubscribeAsync(channel, (_, message) => Receive(message)));
        }
    }

    private void Receive(byte[]? message)
    {
        if (message is null || message.Length < LengthBytes)
            return;
        var length = BinaryPrimitives.ReadInt32LittleEndian(message);
        if (length >= 0 && length <= message.Length - LengthBytes)
            _ = _reads.HandOverAsync(Encoding.UTF8.GetString(message, LengthBytes, length), message[(LengthBytes + length)..]);
    }

    private async Task TryAsync(RedisNode node, Func<Task> command)
    {
        try
        {
            await command().ConfigureAwait(false);
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, CancellationToken.None))
        {
            LogFailed(node.Name, failure.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Node} does not pass on what the master could not take: {Reason}")]
    private partial void LogFailed(string node, string reason);
}
