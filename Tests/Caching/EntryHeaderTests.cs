using System.Buffers;
using RedisAspire.Caching.Lookup;
using RedisAspire.Caching.Near;

namespace RedisAspire.Tests.Caching;

public sealed class EntryHeaderTests
{
    private static readonly EntryHeader Full = new(IsNull: false, TimeSpan.FromSeconds(30), [new TagStamp("shop", "1"), new TagStamp("été", "")]);

    [Fact]
    public void What_was_wrapped_is_read_again()
    {
        var payload = Wrap(Full, "value"u8);

        Assert.True(EntryHeader.TryRead(payload, out var header, out var start));
        Assert.Equal("value"u8, payload.AsSpan(start));
        Assert.Equal((Full.IsNull, Full.StaleWindow), (header.IsNull, header.StaleWindow));
        Assert.Equal(Full.Tags, header.Tags);
    }

    [Fact]
    public void A_value_without_metadata_needs_no_header()
    {
        Assert.True(EntryHeader.None.IsEmpty);
        Assert.False(Full.IsEmpty);
    }

    [Fact]
    public void Bytes_that_look_like_a_header_survive_behind_one()
    {
        byte[] value = [0xFF, 1, 2, 3];

        var payload = Wrap(EntryHeader.None, value);

        Assert.True(EntryHeader.TryRead(payload, out _, out var start));
        Assert.Equal(value, payload[start..]);
    }

    [Fact]
    public void A_header_that_is_cut_off_is_refused()
    {
        var payload = Wrap(Full, []);

        for (var length = 1; length < payload.Length; length++)
            Assert.False(EntryHeader.TryRead(payload.AsSpan(0, length), out _, out _), $"{length} bytes were accepted.");
    }

    [Fact]
    public void Damage_is_refused_or_read_but_never_throws()
    {
        const int Seed = 4711;
        var random = new Random(Seed);
        for (var i = 0; i < 100_000; i++)
        {
            var payload = Wrap(Full, "value"u8);
            for (var hits = random.Next(1, 6); hits > 0; hits--)
                payload[random.Next(payload.Length)] = (byte)random.Next(256);
            if (EntryHeader.TryRead(payload, out _, out var start))
                Assert.InRange(start, 0, payload.Length);
        }
    }

    private static byte[] Wrap(EntryHeader header, ReadOnlySpan<byte> value)
    {
        var output = new ArrayBufferWriter<byte>();
        header.WriteTo(output);
        output.Write(value);
        return output.WrittenSpan.ToArray();
    }
}
