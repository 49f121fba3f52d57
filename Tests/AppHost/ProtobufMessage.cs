using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace RedisAspire.Tests.AppHost;

/// <summary>A message of Protocol Buffers, read by the numbers of its fields: all that is needed of OTLP.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(ulong Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public ProtobufMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var tag = ReadNumber(ref bytes);
            _fields.Add((tag & 7) switch
            {
                0 => (tag >> 3, ReadNumber(ref bytes), default),
                1 => (tag >> 3, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span), default),
                2 => (tag >> 3, 0, Take(ref bytes, (int)ReadNumber(ref bytes))),
                5 => (tag >> 3, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span), default),
                var type => throw new InvalidDataException($"There is no wire type {type}."),
            });
        }
    }

    public bool Has(int field) => _fields.Exists(present => present.Field == (ulong)field);

    public ulong Number(int field) => Last(field).Number;

    public double Real(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    public string Text(int field) => Encoding.UTF8.GetString(Last(field).Bytes.Span);

    public string Hex(int field) => Convert.ToHexStringLower(Last(field).Bytes.Span);

    /// <summary>A packed list of floating-point numbers.</summary>
    public double[] Reals(int field) => MemoryMarshal.Cast<byte, double>(Last(field).Bytes.Span).ToArray();

    public IEnumerable<ProtobufMessage> Messages(int field) =>
        _fields.Where(present => present.Field == (ulong)field).Select(present => new ProtobufMessage(present.Bytes));

    public ProtobufMessage Message(int field) => new(Last(field).Bytes);

    // Absent is the same as empty.
    private (ulong Field, ulong Number, ReadOnlyMemory<byte> Bytes) Last(int field) => _fields.FindLast(present => present.Field == (ulong)field);

    private static ulong ReadNumber(ref ReadOnlyMemory<byte> bytes)
    {
        var number = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = Take(ref bytes, 1).Span[0];
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return number;
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int length)
    {
        if (length > bytes.Length)
            throw new InvalidDataException("The message ends too early.");
        var taken = bytes[..length];
        bytes = bytes[length..];
        return taken;
    }
}
