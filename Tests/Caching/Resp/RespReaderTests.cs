using System.Text;
using RedisAspire.Caching.Tracking;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Resp;

public sealed class RespReaderTests
{
    [Theory]
    [InlineData("+OK\r\n", "SimpleString(OK)")]
    [InlineData("-ERR no\r\n", "Error(ERR no)")]
    [InlineData("!6\r\nERR no\r\n", "Error(ERR no)")]
    [InlineData(":-42\r\n", "-42")]
    [InlineData(",3.25\r\n", "3.25d")]
    [InlineData(",-inf\r\n", "-Infinityd")]
    [InlineData(",nan\r\n", "NaNd")]
    [InlineData("#t\r\n", "true")]
    [InlineData("_\r\n", "null")]
    [InlineData("$-1\r\n", "null")]
    [InlineData("*-1\r\n", "null")]
    [InlineData("(-123\r\n", "BigNumber(-123)")]
    [InlineData("$0\r\n\r\n", "BlobString()")]
    [InlineData("$5\r\nhe\r\no\r\n", "BlobString(he\r\no)")]
    [InlineData("=8\r\ntxt:some\r\n", "VerbatimString(some)")]
    [InlineData("*0\r\n", "Array[]")]
    [InlineData("*2\r\n*1\r\n:1\r\n_\r\n", "Array[Array[1] null]")]
    [InlineData("~1\r\n:1\r\n", "Set[1]")]
    [InlineData("%1\r\n+a\r\n*0\r\n", "Map[SimpleString(a) Array[]]")]
    [InlineData(">2\r\n+invalidate\r\n_\r\n", "Push[SimpleString(invalidate) null]")]
    public void Every_type_is_read(string input, string expected) =>
        Assert.Equal([expected], RespFrames.Read(input));

    [Theory]
    [InlineData("|1\r\n+ttl\r\n:3600\r\n:1\r\n", "1")]
    [InlineData("|0\r\n|0\r\n:1\r\n", "1")]
    [InlineData("*2\r\n:1\r\n|1\r\n+a\r\n*1\r\n+b\r\n:2\r\n", "Array[1 2]")]
    public void Attributes_are_read_over(string input, string expected) =>
        Assert.Equal([expected], RespFrames.Read(input));

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("\r\n")]
    [InlineData("+OK\n")]
    [InlineData("+O\rK\r\n")]
    [InlineData(":\r\n")]
    [InlineData(":12a\r\n")]
    [InlineData(":9223372036854775808\r\n")]
    [InlineData(", 1\r\n")]
    [InlineData(",x\r\n")]
    [InlineData("(12.5\r\n")]
    [InlineData("(\r\n")]
    [InlineData("#y\r\n")]
    [InlineData("_x\r\n")]
    [InlineData("$5\r\nhello!\r\n")]
    [InlineData("$1\r\na\n\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$\r\n")]
    [InlineData("!-1\r\n")]
    [InlineData("=3\r\ntxt\r\n")]
    [InlineData("=4\r\ntext\r\n")]
    [InlineData("*-2\r\n")]
    [InlineData("%-1\r\n")]
    [InlineData("*1\r\n>1\r\n:1\r\n")]
    [InlineData("$?\r\n;4\r\nHell\r\n;0\r\n")]
    [InlineData("*?\r\n:1\r\n.\r\n")]
    public void Malformed_input_is_refused(string input) =>
        Assert.Throws<RespProtocolException>(() => RespFrames.Read(input));

    [Theory]
    [InlineData("$9223372036854775807\r\n")]
    [InlineData("$67108865\r\n")]
    [InlineData("*2147483647\r\n")]
    [InlineData("*9223372036854775807\r\n")]
    [InlineData("%1048576\r\n")]
    [InlineData("*1048570\r\n*10\r\n")]
    public void A_size_beyond_the_limits_is_refused_before_memory_is_taken(string input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<RespProtocolException>(() => RespFrames.Read(input));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Nesting_is_limited()
    {
        Assert.Single(RespFrames.Read(Nested(32)));
        Assert.Throws<RespProtocolException>(() => RespFrames.Read(Nested(33)));
        Assert.Throws<RespProtocolException>(() => RespFrames.Read(Nested(1_000_000)));

        static string Nested(int depth) => string.Concat(Enumerable.Repeat("*1\r\n", depth)) + ":1\r\n";
    }

    [Fact]
    public void An_endless_series_of_attributes_is_refused() =>
        Assert.Throws<RespProtocolException>(() => RespFrames.Read(string.Concat(Enumerable.Repeat("|0\r\n", (1 << 20) + 1))));

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public void A_line_is_limited_however_it_comes(int piece)
    {
        var input = Encoding.ASCII.GetBytes("+" + new string('x', 70_000));
        Assert.Throws<RespProtocolException>(() => RespFrames.Read(input, Enumerable.Range(1, (input.Length - 1) / piece).Select(i => i * piece)));
    }

    [Fact]
    public void A_blob_is_copied_once_and_looked_at_once()
    {
        const int Size = 10_000_000;
        var reader = new RespReader(new RespLimits());
        ReadOnlySpan<byte> header = "$10000000\r\n"u8;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(reader.TryRead(ref header, out _));

        var piece = new byte[10];
        for (var i = 0; i < Size / piece.Length; i++)
        {
            ReadOnlySpan<byte> rest = piece;
            reader.TryRead(ref rest, out _);
        }

        ReadOnlySpan<byte> end = "\r\n"u8;
        Assert.True(reader.TryRead(ref end, out var frame));
        Assert.Equal(Size, frame.Bytes.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, Size, Size + 100_000);
    }

    [Fact]
    public void Numbers_and_statuses_cost_no_memory()
    {
        var reader = new RespReader(new RespLimits());
        Read(reader, "+OK\r\n:60000\r\n+PONG\r\n_\r\n"u8);

        Assert.Equal(0, Allocations.Of(() => Read(reader, "+OK\r\n:60000\r\n+PONG\r\n_\r\n"u8)));

        static void Read(RespReader reader, ReadOnlySpan<byte> input)
        {
            while (reader.TryRead(ref input, out _))
            {
            }
        }
    }
}
