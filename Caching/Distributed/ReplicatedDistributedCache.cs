using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;
using RedisAspire.Caching.Coherence;
using RedisAspire.Caching.Entries;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Distributed;

/// <summary>
/// <see cref="IDistributedCache"/> over the same connections: what output caching, sessions and data protection use.
/// Reads go to a replica and see this process' own writes; values are kept under their own prefix, so that emptying
/// the cache leaves them alone. While Redis is away, reads find nothing and writes are lost, with a warning.
/// </summary>
/// <remarks>The methods without <c>Async</c> block a thread: they are there because the interface asks for them.</remarks>
internal sealed class ReplicatedDistributedCache(CoherentReader reader, RedisStore store, NearCache near, TimeProvider time) : IBufferDistributedCache
{
    public byte[]? Get(string key) => Wait(GetAsync(key));

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default) =>
        (await ReadAsync(key, token).ConfigureAwait(false))?.ToArray();

    public bool TryGet(string key, IBufferWriter<byte> destination) => Wait(TryGetAsync(key, destination).AsTask());

    public async ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (await ReadAsync(key, token).ConfigureAwait(false) is not { } value)
            return false;
        destination.Write(value.Span);
        return true;
    }

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => Wait(SetAsync(key, value, options));

    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options) => Wait(SetAsync(key, value, options).AsTask());

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        await SetAsync(key, new ReadOnlySequence<byte>(value), options, token).ConfigureAwait(false);
    }

    public async ValueTask SetAsync(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (NameOf(key) is not { } name)
            return;
        var (bytes, timeToLive) = DistributedPayload.Pack(value, options, time.GetUtcNow());
        reader.Written(name, await store.SetAsync(name, bytes, timeToLive, [], token).ConfigureAwait(false));
    }

    public void Refresh(string key) => Wait(RefreshAsync(key));

    public async Task RefreshAsync(string key, CancellationToken token = default) => await ReadAsync(key, token).ConfigureAwait(false);

    public void Remove(string key) => Wait(RemoveAsync(key));

    public async Task RemoveAsync(string key, CancellationToken token = default)
    {
        if (NameOf(key) is not { } name)
            return;
        reader.Written(name, await store.RemoveAsync([name], token).ConfigureAwait(false));
    }

    // None for what would answer for other keys: see CacheKey. Nothing is kept under it.
    private static string? NameOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return NearCache.IsWellFormed(key) ? InternalKeys.Distributed(key) : null;
    }

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    // Every read is a use, which prolongs a value with a sliding expiration.
    private async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        if (NameOf(key) is not { } name)
            return null;
        var stored = await reader.ReadAsync(name, cancellationToken).ConfigureAwait(false);
        if (stored.Ticket is { } ticket)
            near.Abandon(ticket);
        if (stored.State != StoredState.Found || DistributedPayload.Read(stored.Payload!) is not { } payload)
            return null;

        if (payload.Sliding is not null && payload.TimeToLiveFrom(time.GetUtcNow()) is { } timeToLive && timeToLive > TimeSpan.Zero)
            reader.Changed(name, await store.ExpireAsync(name, timeToLive, cancellationToken).ConfigureAwait(false));
        return payload.Value;
    }
}
