using RedisAspire.Caching.Resp;

namespace RedisAspire.Caching.Tracking;

/// <summary>What a node says of its own accord.</summary>
internal static class InvalidationPush
{
    /// <summary>Tells the sink which keys a push invalidates; other kinds of push are passed over.</summary>
    /// <exception cref="RespProtocolException">It is an invalidation, but of no known form.</exception>
    public static void Dispatch(in RespFrame push, ITrackingSink sink)
    {
        if (push.Items is not [var type, ..] || !type.Bytes.AsSpan().SequenceEqual("invalidate"u8))
            return;

        switch (push.Items)
        {
            case [_, { Kind: RespKind.Null }]:
                sink.OnAllInvalidated();
                break;
            case [_, { Kind: RespKind.Array } keys]:
                foreach (var key in keys.Items)
                    sink.OnInvalidated(Key(key));
                break;
            default:
                throw new RespProtocolException("An invalidation names no keys.");
        }
    }

    private static byte[] Key(in RespFrame frame) =>
        frame.Kind is RespKind.BlobString or RespKind.SimpleString ? frame.Bytes : throw new RespProtocolException("An invalidated key is no string.");
}
