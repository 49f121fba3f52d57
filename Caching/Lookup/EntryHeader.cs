using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Lookup;

/// <summary>
/// The metadata of an entry. Values in Redis are plain; only an entry that needs metadata carries this header, whose first
/// byte never occurs in UTF-8 text.
/// </summary>
/// <param name="IsNull">Whether the value is <see langword="null"/>.</param>
/// <param name="StaleWindow">The last part of the key's time to live, during which the value is stale.</param>
/// <param name="Tags">The entry's tags.</param>
internal sealed record EntryHeader(bool IsNull, TimeSpan StaleWindow, IReadOnlyList<TagStamp> Tags)
{
    /// <summary>The maximum number of tags of an entry.</summary>
    public const int MaximumTags = byte.MaxValue;

    /// <summary>The maximum length of a tag in UTF-8.</summary>
    public const int MaximumTagBytes = ushort.MaxValue;

    private const byte Mark = 0xFF;
    private const byte Version = 1;
    private const byte NullFlag = 1;

    /// <summary>The metadata of an entry without a header.</summary>
    public static EntryHeader None { get; } = new(IsNull: false, TimeSpan.Zero, []);

    /// <summary>Whether the bytes start with the mark of a header.</summary>
    public static bool IsMarked(ReadOnlySpan<byte> payload) => !payload.IsEmpty && payload[0] == Mark;

    /// <summary>Whether the bytes start with a header that has a stale window.</summary>
    public static bool HasStaleWindow(ReadOnlySpan<byte> payload) =>
        IsMarked(payload) && payload.Length >= 4 + sizeof(long) && BinaryPrimitives.ReadInt64BigEndian(payload[4..]) != 0;

    /// <summary>Whether the entry has no metadata, so that its value is stored alone, unless that begins with the mark of a header.</summary>
    public bool IsEmpty => !IsNull && StaleWindow == TimeSpan.Zero && Tags.Count == 0;

    /// <summary>Writes the header, which is followed by the value.</summary>
    /// <exception cref="InvalidOperationException">There are too many tags, or one is too long.</exception>
    public void WriteTo(IBufferWriter<byte> output)
    {
        if (Tags.Count > MaximumTags)
            throw new InvalidOperationException($"An entry must not have more than {MaximumTags} tags.");

        output.Write([Mark, Version, IsNull ? NullFlag : (byte)0, (byte)Tags.Count]);
        BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(sizeof(long)), (long)StaleWindow.TotalMilliseconds);
        output.Advance(sizeof(long));
        foreach (var tag in Tags)
        {
            WriteText(output, tag.Tag);
            WriteText(output, tag.Stamp);
        }
    }

    /// <summary>Reads the header, if there is one, and the position at which the value starts.</summary>
    /// <returns>Whether the bytes are well-formed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out EntryHeader header, out int valueStart)
    {
        (header, valueStart) = (None, 0);
        if (!IsMarked(payload))
            return true;
        if (payload.Length < 4 + sizeof(long) || payload[1] != Version)
            return false;

        var tags = new TagStamp[payload[3]];
        var stale = BinaryPrimitives.ReadInt64BigEndian(payload[4..]);
        if (stale < 0 || stale > TimeSpan.MaxValue.TotalMilliseconds)
            return false;
        var rest = payload[(4 + sizeof(long))..];
        for (var i = 0; i < tags.Length; i++)
        {
            if (!TryReadText(ref rest, out var tag) || !TryReadText(ref rest, out var stamp))
                return false;
            tags[i] = new TagStamp(tag, stamp);
        }

        header = new EntryHeader((payload[2] & NullFlag) != 0, TimeSpan.FromMilliseconds(stale), tags);
        valueStart = payload.Length - rest.Length;
        return true;
    }

    private static void WriteText(IBufferWriter<byte> output, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        if (length > ushort.MaxValue)
            throw new InvalidOperationException($"A tag must not be longer than {MaximumTagBytes} bytes.");
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(sizeof(ushort)), (ushort)length);
        output.Advance(sizeof(ushort));
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(length)));
    }

    private static bool TryReadText(ref ReadOnlySpan<byte> rest, out string text)
    {
        text = "";
        if (rest.Length < sizeof(ushort) || BinaryPrimitives.ReadUInt16BigEndian(rest) is var length && rest.Length < sizeof(ushort) + length)
            return false;
        text = Encoding.UTF8.GetString(rest.Slice(sizeof(ushort), length));
        rest = rest[(sizeof(ushort) + length)..];
        return true;
    }
}
