using RedisAspire.Caching.Resp;

namespace RedisAspire.Caching.Tracking;

/// <summary>What <c>ROLE</c> says of a node.</summary>
/// <param name="IsMaster">Whether it is a master.</param>
/// <param name="Offset">What it has written or applied; <see langword="null"/> for a replica that is not in touch with its master.</param>
internal readonly record struct RoleReply(bool? IsMaster, long? Offset)
{
    /// <summary>Reads the reply.</summary>
    /// <exception cref="RespProtocolException">It is no reply to <c>ROLE</c>.</exception>
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
