using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Caching.Distributed;

namespace RedisAspire.Caching.Distributed;

/// <summary>A value with what is needed to prolong it: its sliding expiration and its last moment, 16 bytes in front of the value.</summary>
/// <param name="Sliding">How long it lives after each use; <see langword="null"/> when use does not prolong it.</param>
/// <param name="EndsAt">When it ends however much it is used.</param>
/// <param name="Value">The value.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DistributedPayload(TimeSpan? Sliding, DateTimeOffset? EndsAt, ReadOnlyMemory<byte> Value)
{
    private const int HeaderBytes = 2 * sizeof(long);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>Reads what <see cref="Pack"/> made; <see langword="null"/> if it is something else.</summary>
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

    /// <summary>The bytes to store, and how long.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value would have expired already.</exception>
    public static (byte[] Bytes, TimeSpan? TimeToLive) Pack(ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, DateTimeOffset now)
    {
        // What ends after the calendar never ends.
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

    /// <summary>How long it lives if it is used now.</summary>
    public TimeSpan? TimeToLiveFrom(DateTimeOffset now) => TimeToLiveFrom(now, Sliding, EndsAt);

    // What Redis counts time in: less than one would be none.
    private static TimeSpan AtLeast(TimeSpan time) => time > Shortest ? time : Shortest;

    private static TimeSpan? TimeToLiveFrom(DateTimeOffset now, TimeSpan? sliding, DateTimeOffset? endsAt) =>
        endsAt - now is { } left && (sliding is null || left < sliding) ? left : sliding;
}
