using System.Text;
using RedisAspire.Caching.Tracking;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Tracking;

/// <summary>How often a node is asked for its replication offset.</summary>
public sealed class TrackedOffsetTests
{
    private readonly Lock _gate = new();
    private readonly List<string> _asked = [];
    private long _offset = 100;
    // While replies are withheld, they are collected, and sent with that of the key "last".
    private StringBuilder? _withheld;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private int Roles
    {
        get
        {
            lock (_gate)
                return _asked.Count(command => command == "ROLE");
        }
    }

    [Fact]
    public async Task Reads_that_need_an_offset_the_node_has_shown_do_not_ask_for_it_again()
    {
        await using var server = new ScriptedServer(Answer);
        await using var client = await TrackedClient.ArmAsync(server.Options);

        Assert.Equal(100, (await client.ReadAsync("a", neededOffset: 90)).Offset);
        Assert.Equal(100, (await client.ReadAsync("b", neededOffset: 100)).Offset);
        Assert.Null((await client.ReadAsync("c")).Offset);
        Assert.Equal(1, Roles);

        _offset = 200;
        Assert.Equal(200, (await client.ReadAsync("d", neededOffset: 101)).Offset);
        Assert.Equal(2, Roles);
    }

    [Fact]
    public async Task One_ROLE_in_flight_serves_all_reads_that_wait_for_it()
    {
        await using var server = new ScriptedServer(Answer);
        await using var client = await TrackedClient.ArmAsync(server.Options);
        _withheld = new StringBuilder();

        var reads = Enumerable.Range(0, 20).Select(i => client.ReadAsync($"{i}", neededOffset: 100).AsTask()).ToArray();
        var last = client.ReadAsync("last", neededOffset: 50).AsTask();

        Assert.All(await Task.WhenAll([.. reads, last]), reply => Assert.Equal(100, reply.Offset));
        Assert.Equal(1, Roles);
    }

    [Fact]
    public async Task An_offset_below_the_needed_one_is_asked_for_by_every_later_read()
    {
        await using var server = new ScriptedServer(Answer);
        await using var client = await TrackedClient.ArmAsync(server.Options);

        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(100, (await client.ReadAsync("a", neededOffset: 101)).Offset);
            Assert.Equal(i, Roles);
        }
    }

    [Fact]
    public async Task An_offset_that_is_forgotten_is_asked_for_again()
    {
        await using var server = new ScriptedServer(Answer);
        await using var client = await TrackedClient.ArmAsync(server.Options);
        await client.ReadAsync("a", neededOffset: 100);
        _offset = 20;

        client.Connection.ForgetOffset(above: 100);
        Assert.Equal(100, (await client.ReadAsync("a", neededOffset: 10)).Offset);
        client.Connection.ForgetOffset(above: 99);
        Assert.Equal(20, (await client.ReadAsync("a", neededOffset: 10)).Offset);
    }

    [Fact]
    public async Task A_reply_from_before_an_offset_was_forgotten_counts_for_no_later_read()
    {
        await using var server = new ScriptedServer(Answer);
        await using var client = await TrackedClient.ArmAsync(server.Options);
        _withheld = new StringBuilder();

        var before = client.ReadAsync("a", neededOffset: 10).AsTask();
        await Eventually.HoldsAsync("the node has answered ROLE", () => Roles == 1);
        client.Connection.ForgetOffset(above: -1);
        _offset = 5;
        var after = client.ReadAsync("last", neededOffset: 10).AsTask();

        await before;
        Assert.Equal(5, (await after).Offset);
        Assert.Equal(2, Roles);
    }

    [Fact]
    public async Task A_node_that_refuses_ROLE_is_asked_again()
    {
        await using var server = new ScriptedServer(command => command[0] == "ROLE" && Roles == 0 ? Note(command, "-NOPERM no\r\n") : Answer(command));
        await using var client = await TrackedClient.ArmAsync(server.Options);

        await Assert.ThrowsAsync<RespErrorException>(async () => await client.ReadAsync("a", neededOffset: 10));
        Assert.Equal(100, (await client.Connection.GetAsync("a", withTimeToLive: false, neededOffset: 10, Cancellation)).Offset);
    }

    private string? Answer(string[] command)
    {
        var reply = command[0] switch
        {
            "ROLE" => $"*5\r\n$5\r\nslave\r\n$1\r\nm\r\n:1\r\n$9\r\nconnected\r\n:{_offset}\r\n",
            "GET" => "$5\r\nvalue\r\n",
            _ => ScriptedServer.Redis(command),
        };
        Note(command, reply);
        if (_withheld is not { } withheld)
            return reply;
        withheld.Append(reply);
        return command is ["PTTL", "last"] ? withheld.ToString() : "";
    }

    private string? Note(string[] command, string? reply)
    {
        lock (_gate)
            _asked.Add(command[0]);
        return reply;
    }
}
