using System.Text;
using RedisAspire.Caching.Tracking;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Tracking;

public sealed class HostileServerTests
{
    public static TheoryData<string> Malformed { get; } = new()
    {
        "HTTP/1.1 400 Bad Request\r\n",
        "\0\u0001\u0002\r\n",
        "$9223372036854775807\r\n",
        "*2147483647\r\n",
        string.Concat(Enumerable.Repeat("*1\r\n", 1000)),
        "+OK\r\n+OK\r\n+OK\r\n",
        ":1\r\n",
        "$?\r\n",
        "$3\r\nabcdef\r\n",
        "+" + new string('x', 100_000),
        ">2\r\n$10\r\ninvalidate\r\n:1\r\n",
        ">2\r\n$10\r\ninvalidate\r\n*1\r\n*1\r\n:1\r\n",
        ">1\r\n$10\r\ninvalidate\r\n",
        "$5\r\ntr",
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_reply_costs_the_connection_and_nothing_else(string malformed)
    {
        var isHostile = true;
        // After the hostile reply the server hangs up, for those that are only incomplete.
        var hasSaid = false;
        await using var server = new ScriptedServer(command => command[0] switch
        {
            "GET" when Volatile.Read(ref isHostile) => malformed,
            "PTTL" when Volatile.Read(ref isHostile) => hasSaid ? null : "",
            "GET" => ScriptedServer.Blob("fine"),
            _ => ScriptedServer.Redis(command),
        });
        hasSaid = malformed == Malformed.Last().Data;
        await using var client = await TrackedClient.ArmAsync(server.Options);

        await Assert.ThrowsAsync<TrackedConnectionLostException>(async () => await client.ReadAsync("key"));
        await client.HearsAsync(RecordingSink.Lost);
        Volatile.Write(ref isHostile, false);

        await client.HearsAsync(RecordingSink.Tracking, times: 2);
        await Eventually.HoldsAsync("reads go on", async () => await client.ReadTextAsync("key") == "fine");
        Assert.Equal([RecordingSink.Tracking, RecordingSink.Lost, RecordingSink.Tracking], client.Sink.Events);
    }

    [Theory]
    [InlineData("+OK\r\n+OK\r\n", "a reply without a request")]
    [InlineData("not redis\r\n", "0x6e")]
    public async Task What_nobody_asked_for_costs_the_connection(string unasked, string reason)
    {
        await using var server = new ScriptedServer(ScriptedServer.Redis);
        await using var client = await TrackedClient.ArmAsync(server.Options);

        await server.SendAsync(unasked);

        await client.HearsAsync(RecordingSink.Lost);
        await client.HearsAsync(RecordingSink.Tracking, times: 2);
        Assert.Contains(reason, Assert.Single(client.Logger.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-NOAUTH HELLO must be called with the client already authenticated\r\n", "NOAUTH")]
    [InlineData("-WRONGPASS secret is wrong\r\n", "WRONGPASS ***")]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n", "LOADING")]
    [InlineData("-ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `default`, `secr\r\n", "unknown command `HELLO`")]
    [InlineData("*2\r\n$5\r\nproto\r\n:2\r\n", "RESP3")]
    [InlineData("*2147483647\r\n", "exceeds the limit")]
    [InlineData("SSH-2.0-OpenSSH\r\n", "0x53")]
    [InlineData(null, "closed")]
    public async Task A_node_that_refuses_to_track_is_not_armed_and_says_why_once(string? reply, string reason)
    {
        await using var server = new ScriptedServer(command => command[0] == "HELLO" ? reply : ScriptedServer.Redis(command));
        await using var client = TrackedClient.Start(server.Options);

        await Eventually.HoldsAsync("it is tried several times", () => server.Connections >= 3);

        Assert.False(client.Connection.IsTracking);
        Assert.Empty(client.Sink.Events);
        var warning = Assert.Single(client.Logger.Warnings);
        Assert.Contains(reason, warning, StringComparison.Ordinal);
        Assert.DoesNotContain("secr", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_does_not_know_tracking_is_not_armed()
    {
        await using var server = new ScriptedServer(command =>
            command is ["CLIENT", "TRACKING", ..] ? "-ERR unknown subcommand\r\n" : ScriptedServer.Redis(command));
        await using var client = TrackedClient.Start(server.Options);

        await Eventually.HoldsAsync("it is tried several times", () => server.Connections >= 3);
        Assert.Empty(client.Sink.Events);
    }

    [Fact]
    public async Task A_node_that_does_not_know_no_evict_is_armed()
    {
        await using var server = new ScriptedServer(command =>
            command is ["CLIENT", "NO-EVICT", ..] ? "-NOPERM no\r\n" : ScriptedServer.Redis(command));
        await using var client = await TrackedClient.ArmAsync(server.Options);

        Assert.Empty(client.Logger.Warnings);
    }

    [Fact]
    public async Task Replies_may_come_byte_by_byte()
    {
        await using var server = new ScriptedServer(
            command => command[0] == "GET" ? ScriptedServer.Push("a") + ScriptedServer.Blob(command[1]) : ScriptedServer.Redis(command),
            byteByByte: true);
        await using var client = await TrackedClient.ArmAsync(server.Options);

        for (var i = 0; i < 20; i++)
            Assert.Equal($"key {i}", await client.ReadTextAsync($"key {i}"));
        Assert.Equal(20, client.Sink.Events.Count(heard => heard == RecordingSink.Key("a")));
    }

    [Fact]
    public async Task A_flood_of_pushes_is_heard_whole_and_delays_no_reply_for_ever()
    {
        const int Pushes = 100_000;
        var flood = new StringBuilder();
        for (var i = 0; i < Pushes; i++)
            flood.Append(ScriptedServer.Push("a"));
        await using var server = new ScriptedServer(
            command => command[0] == "GET" ? flood + ScriptedServer.Blob("value") : ScriptedServer.Redis(command));
        await using var client = await TrackedClient.ArmAsync(server.OptionsWith(TimeSpan.FromSeconds(20)));

        Assert.Equal("value", await client.ReadTextAsync("key"));
        Assert.Equal(Pushes, client.Sink.Events.Count(heard => heard == RecordingSink.Key("a")));
    }
}
