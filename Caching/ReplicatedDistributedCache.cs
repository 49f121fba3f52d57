using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Caching.Distributed;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Store;

namespace RedisAspire.Caching;

/// <summary>
/// <see cref="IDistributedCache"/> over the same connections, for output caching, sessions and data protection. Reads go
/// to a replica and see this process' own writes; the values have their own prefix, so that clearing the cache does not
/// delete them. While Redis is unavailable, reads return no value and writes are lost, and a warning is logged.
/// </summary>
/// <remarks>The methods without <c>Async</c> block a thread; the interface requires them.</remarks>
internal sealed class ReplicatedDistributedCache(CoherentReader reader, RedisStore store, TimeProvider time) : IBufferDistributedCache
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

    // A key that would be mapped to the same name as others (see CacheKey) has no name, and no value is stored under it.
    private static string? NameOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return NearCache.IsWellFormed(key) ? InternalKeys.Distributed(key) : null;
    }

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    // Every read extends the time to live of a value with a sliding expiration.
    private async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        if (NameOf(key) is not { } name)
            return null;
        var stored = await reader.ReadAsync(name, mayKeep: false, withTimeToLive: false, cancellationToken).ConfigureAwait(false);
        if (stored.State != StoredState.Found || DistributedPayload.Read(stored.Payload!) is not { } payload)
            return null;

        if (payload.Sliding is not null && payload.TimeToLiveFrom(time.GetUtcNow()) is { } timeToLive && timeToLive > TimeSpan.Zero)
            reader.Changed(name, await store.ExpireAsync(name, timeToLive, cancellationToken).ConfigureAwait(false));
        return payload.Value;
    }
}

/// <summary>A value with its sliding and absolute expiration, which are stored in 16 bytes in front of the value.</summary>
/// <param name="Sliding">How long the value lives after each use; <see langword="null"/> without sliding expiration.</param>
/// <param name="EndsAt">When the value expires regardless of its use.</param>
/// <param name="Value">The value.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DistributedPayload(TimeSpan? Sliding, DateTimeOffset? EndsAt, ReadOnlyMemory<byte> Value)
{
    private const int HeaderBytes = 2 * sizeof(long);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>Reads a payload of <see cref="Pack"/>; returns <see langword="null"/> for any other payload.</summary>
    public static DistributedPayload? Read(byte[] payload)
    {
        if (payload.Length < HeaderBytes)
            return null;
        var sliding = BinaryPrimitives.ReadInt64BigEndian(payload);
        var endsAt = BinaryPrimitives.ReadInt64BigEndian(payload.AsSpan(sizeof(long)));
        if (sliding < 0 || sliding > TimeSpan.MaxValue.TotalMilliseconds || endsAt < 0 || endsAt > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            return null;
        return new DistributedPayload(
            sliding == 0 ? null : TimeSpan.FromMilliseconds(sliding),
            endsAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(endsAt),
            payload.AsMemory(HeaderBytes));
    }

    /// <summary>The bytes to store, and their time to live.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The absolute expiration is in the past.</exception>
    public static (byte[] Bytes, TimeSpan? TimeToLive) Pack(ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, DateTimeOffset now)
    {
        // An expiration beyond the range of DateTimeOffset is treated as none.
        var endsAt = options.AbsoluteExpirationRelativeToNow is { } relative
            ? relative < DateTimeOffset.MaxValue - now ? now + relative : null
            : options.AbsoluteExpiration;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(endsAt ?? DateTimeOffset.MaxValue, now, nameof(options));

        var bytes = new byte[HeaderBytes + value.Length];
        var sliding = options.SlidingExpiration is { } use ? AtLeast(use) : (TimeSpan?)null;
        BinaryPrimitives.WriteInt64BigEndian(bytes, (long)(sliding?.TotalMilliseconds ?? 0));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(sizeof(long)), endsAt?.ToUnixTimeMilliseconds() ?? 0);
        value.CopyTo(bytes.AsSpan(HeaderBytes));
        return (bytes, TimeToLiveFrom(now, sliding, endsAt) is { } left ? AtLeast(left) : null);
    }

    /// <summary>The time to live of the value if it is used now.</summary>
    public TimeSpan? TimeToLiveFrom(DateTimeOffset now) => TimeToLiveFrom(now, Sliding, EndsAt);

    // Redis counts time in milliseconds, so a shorter time to live would be zero.
    private static TimeSpan AtLeast(TimeSpan time) => time > Shortest ? time : Shortest;

    private static TimeSpan? TimeToLiveFrom(DateTimeOffset now, TimeSpan? sliding, DateTimeOffset? endsAt) =>
        endsAt - now is { } left && (sliding is null || left < sliding) ? left : sliding;
}
