using System.Buffers;
using System.Text;
using RedisAspire.Caching.Tracking;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Resp;

public sealed class RespWriterTests
{
    [Fact]
    public void A_command_is_an_array_of_bulk_strings()
    {
        var output = new ArrayBufferWriter<byte>();
        RespWriter.WriteCommand(output, "CLIENT", "TRACKING", "");
        Assert.Equal("*3\r\n$6\r\nCLIENT\r\n$8\r\nTRACKING\r\n$0\r\n\r\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("product:1")]
    [InlineData("ключ 键 🔑")]
    [InlineData("a\r\n$1\0")]
    public void A_key_is_its_utf8_text_with_its_length_in_bytes(string key)
    {
        var output = new ArrayBufferWriter<byte>();
        RespWriter.WriteKeyed(output, "*2\r\n$3\r\nGET\r\n"u8, key);
        Assert.Equal($"*2\r\n$3\r\nGET\r\n${Encoding.UTF8.GetByteCount(key)}\r\n{key}\r\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Writing_costs_no_memory()
    {
        var output = new ArrayBufferWriter<byte>(1000);
        Write(output);

        Assert.Equal(0, Allocations.Of(() =>
        {
            output.ResetWrittenCount();
            Write(output);
        }));

        static void Write(ArrayBufferWriter<byte> output)
        {
            RespWriter.WriteCommand(output, "CLIENT", "NO-EVICT", "ON");
            RespWriter.WriteKeyed(output, "*2\r\n$3\r\nGET\r\n"u8, "ключ");
        }
    }
}
