using RedisAspire.Benchmarks.Compare;
using Commands = RedisAspire.Benchmarks.CommandLine;

namespace RedisAspire.Tests.Benchmarks;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("compare")]
    [InlineData("compare --rounds 3 --short --only http --output results.json")]
    [InlineData("compare --check Benchmarks/bounds.json")]
    [InlineData("load --url http://localhost:5001 --url http://127.0.0.1:5002 --rate 2000 --duration 10 --keys 1000 --zipf 1.1")]
    [InlineData("serve kestrel --url http://localhost:5003")]
    [InlineData("invalidation")]
    [InlineData("scale")]
    public void A_command_is_understood(string line)
    {
        var arguments = line.Split(' ');

        Assert.True(Commands.IsCommand(arguments));
        Assert.Empty(Commands.Create().Parse(arguments).Errors);
    }

    [Theory]
    [InlineData("compare --rounds 0")]
    [InlineData("compare --only sideways")]
    [InlineData("load --url https://example.com --rate 10")]
    [InlineData("load --url http://example.com --rate 10")]
    [InlineData("load --rate 0")]
    [InlineData("load --url nowhere")]
    [InlineData("serve teapot --url http://localhost:5003")]
    public void A_wrong_argument_is_refused(string line) => Assert.NotEmpty(Commands.Create().Parse(line.Split(' ')).Errors);

    [Fact]
    public void What_is_no_command_is_for_BenchmarkDotNet() => Assert.False(Commands.IsCommand(["--filter", "*"]));

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", false)]
    [InlineData("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", 404, "", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 200, "5\r\nhello\r\n0\r\n\r\n", false)]
    public void An_answer_is_read_when_all_of_it_is_there(string text, int status, string content, bool isLast)
    {
        var received = System.Text.Encoding.ASCII.GetBytes(text);

        Assert.True(HttpAnswer.TryParse(received, isEnd: false, out var answer));
        Assert.Equal(new HttpAnswer(status, content, isLast), answer);
        Assert.False(HttpAnswer.TryParse(received.AsSpan(0, received.Length - 3), isEnd: false, out _));
    }
}
