using System.Buffers;

namespace RedisAspire.Caching.Tracking;

/// <summary>Opens a connection to a node and runs its handshake.</summary>
internal static class TrackedHandshake
{
    /// <summary>Connects, sends HELLO with credentials and client name, and switches tracking on.</summary>
    /// <exception cref="RespErrorException">The node replied with an error.</exception>
    /// <exception cref="RespProtocolException">The node does not speak RESP3.</exception>
    public static async Task<(Stream Stream, RespInput Input)> OpenAsync(TrackedConnectionOptions options, CancellationToken cancellationToken)
    {
        var stream = await TrackedSocket.ConnectAsync(options, cancellationToken).ConfigureAwait(false);
        try
        {
            var input = new RespInput(stream, options.Limits);
            await RunAsync(stream, input, options, cancellationToken).ConfigureAwait(false);
            return (stream, input);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task RunAsync(Stream stream, RespInput input, TrackedConnectionOptions options, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>();
        RespWriter.WriteCommand(output, Hello(options));
        // Client eviction (maxmemory-clients) must not close this connection. An error is ignored: older nodes do not know
        // the command, and the ACL user may lack the permission.
        RespWriter.WriteCommand(output, "CLIENT", "NO-EVICT", "ON");
        RespWriter.WriteCommand(output, Tracking(options));
        await stream.WriteAsync(output.WrittenMemory, cancellationToken).ConfigureAwait(false);

        var hello = await ReadReplyAsync(input, cancellationToken).ConfigureAwait(false);
        Check(hello, options);
        if (hello.Kind != RespKind.Map)
            throw new RespProtocolException("The node does not speak RESP3.");
        _ = await ReadReplyAsync(input, cancellationToken).ConfigureAwait(false);
        var tracking = await ReadReplyAsync(input, cancellationToken).ConfigureAwait(false);
        Check(tracking, options);
        if (tracking.Kind != RespKind.SimpleString)
            throw new RespProtocolException("The node did not switch tracking on.");
    }

    // Reads the next frame that is a reply.
    private static async Task<RespFrame> ReadReplyAsync(RespInput input, CancellationToken cancellationToken)
    {
        while (true)
        {
            while (input.TryTake(out var frame))
            {
                if (frame.Kind != RespKind.Push)
                    return frame;
            }

            input.Received(await input.ReceiveAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    private static string[] Hello(TrackedConnectionOptions options) =>
        options.Password is null
            ? ["HELLO", "3", "SETNAME", options.ClientName]
            : ["HELLO", "3", "AUTH", options.User ?? "default", options.Password, "SETNAME", options.ClientName];

    private static string[] Tracking(TrackedConnectionOptions options) =>
        options.BroadcastPrefixes.Count == 0
            ? ["CLIENT", "TRACKING", "ON"]
            : ["CLIENT", "TRACKING", "ON", "BCAST", .. options.BroadcastPrefixes.SelectMany(prefix => new[] { "PREFIX", prefix })];

    private static void Check(in RespFrame reply, TrackedConnectionOptions options)
    {
        if (reply.Kind == RespKind.Error)
            throw new RespErrorException(WithoutSecrets(reply.Text, options));
    }

    // The error of a node that does not know HELLO repeats the arguments, including the password, and may cut them off anywhere.
    private static string WithoutSecrets(string error, TrackedConnectionOptions options)
    {
        var arguments = error.IndexOf(", with args", StringComparison.Ordinal);
        if (arguments >= 0)
            error = error[..arguments];
        return string.IsNullOrEmpty(options.Password) ? error : error.Replace(options.Password, "***", StringComparison.Ordinal);
    }
}

/// <summary>The reply that a <see cref="TrackedRequest"/> waits for; the replies to a read come in this order.</summary>
internal enum TrackedStep
{
    /// <summary>The reply to <c>ROLE</c>.</summary>
    Role,

    /// <summary>The reply to <c>GET</c>.</summary>
    Value,

    /// <summary>The reply to <c>PTTL</c>.</summary>
    TimeToLive,

    /// <summary>The reply to <c>PING</c>.</summary>
    Ping,
}

/// <summary>A node's reply to <c>ROLE</c>.</summary>
/// <param name="IsMaster">Whether the node is a master.</param>
/// <param name="Offset">The offset it has written or applied; <see langword="null"/> for a replica that is not connected to its master.</param>
internal readonly record struct RoleReply(bool? IsMaster, long? Offset)
{
    /// <summary>Parses the reply.</summary>
    /// <exception cref="RespProtocolException">The frame is not a reply to <c>ROLE</c>.</exception>
    public static RoleReply Read(in RespFrame frame)
    {
        var items = frame.Items;
        if (items is [var master, { Kind: RespKind.Integer } written, ..] && Is(master, "master"u8))
            return new RoleReply(IsMaster: true, written.Integer);
        if (items is [var replica, _, _, var link, { Kind: RespKind.Integer } applied, ..] && Is(replica, "slave"u8))
            return new RoleReply(IsMaster: false, Is(link, "connected"u8) ? applied.Integer : null);
        throw new RespProtocolException("The reply to ROLE is neither a master's nor a replica's.");
    }

    private static bool Is(in RespFrame frame, ReadOnlySpan<byte> text) => frame.Bytes.AsSpan().SequenceEqual(text);
}
