using System.Text;
using RedisAspire.Caching.Tracking;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Tracking;

public sealed class TrackedInvalidationTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private RedisServer Master => fixture.Redis.Master;

    [Theory]
    [InlineData("SET", "inv:a", "2")]
    [InlineData("DEL", "inv:a")]
    [InlineData("PEXPIRE", "inv:a", "60000")]
    [InlineData("PEXPIRE", "inv:a", "1")]
    [InlineData("RENAME", "inv:a", "inv:z")]
    public async Task A_change_by_somebody_else_is_heard(string command, params string[] arguments)
    {
        await Master.ExecuteAsync("SET", "inv:a", "1");
        await using var client = await TrackedClient.ArmAsync(Master);
        await client.ReadAsync("inv:a");

        await Master.ExecuteAsync(command, [.. arguments]);

        await client.HearsAsync(RecordingSink.Key("inv:a"));
    }

    [Fact]
    public async Task A_key_that_was_missing_is_heard_when_it_comes()
    {
        await using var client = await TrackedClient.ArmAsync(Master);
        Assert.Null(await client.ReadTextAsync("inv:new"));

        await Master.ExecuteAsync("SET", "inv:new", "1");

        await client.HearsAsync(RecordingSink.Key("inv:new"));
        Assert.Equal("1", await client.ReadTextAsync("inv:new"));
    }

    [Fact]
    public async Task A_key_that_was_not_read_is_not_heard()
    {
        await using var client = await TrackedClient.ArmAsync(Master);
        await client.ReadAsync("inv:read");

        await Master.ExecuteAsync("SET", "inv:unread", "1");
        await Master.ExecuteAsync("SET", "inv:read", "1");

        await client.HearsAsync(RecordingSink.Key("inv:read"));
        Assert.Equal([RecordingSink.Tracking, RecordingSink.Key("inv:read")], client.Sink.Events);
    }

    [Fact]
    public async Task Flushing_the_node_invalidates_all()
    {
        await using var client = await TrackedClient.ArmAsync(Master);
        await client.ReadAsync("inv:flushed");

        await Master.ExecuteAsync("FLUSHALL");

        await client.HearsAsync(RecordingSink.All);
    }

    [Fact]
    public async Task A_replica_tells_when_it_has_applied_the_write()
    {
        await using var client = await TrackedClient.ArmAsync(fixture.Redis.Replicas.First());
        // What earlier tests did to the master is behind it then: a flush on the way would be heard in place of the write.
        await Master.ExecuteAsync("SET", "inv:replica", 0);
        await Eventually.HoldsAsync("the replica has caught up", async () => await client.ReadTextAsync("inv:replica") == "0");
        var heard = client.Sink.Events.Count(what => what == RecordingSink.Key("inv:replica"));

        for (var i = 1; i <= 50; i++)
        {
            await client.ReadAsync("inv:replica");
            await Master.ExecuteAsync("SET", "inv:replica", i);
            await client.HearsAsync(RecordingSink.Key("inv:replica"), times: heard + i);
            Assert.Equal($"{i}", await client.ReadTextAsync("inv:replica"));
        }
    }

    [Fact]
    public async Task With_a_prefix_keys_that_were_not_read_are_heard_and_those_of_others_are_not()
    {
        await using var client = await TrackedClient.ArmAsync(TrackedClient.OptionsOf(Master, prefixes: ["cast:", "tag:"]));

        await Master.ExecuteAsync("SET", "other:1", "1");
        await Master.ExecuteAsync("MSET", "cast:1", "1", "tag:1", "1");

        await client.HearsAsync(RecordingSink.Key("cast:1"));
        await client.HearsAsync(RecordingSink.Key("tag:1"));
        Assert.False(client.HasHeard(RecordingSink.Key("other:1")));
    }

    [Fact]
    public async Task A_key_that_is_no_text_is_heard_too()
    {
        await using var client = await TrackedClient.ArmAsync(TrackedClient.OptionsOf(Master, prefixes: ["bin:"]));
        byte[] key = [.. "bin:"u8, 0xff, 0x00, 0x0d, 0x0a, 0xc3];

        await Master.ExecuteAsync("SET", key, "1");

        await client.HearsAsync(RecordingSink.Key(Encoding.UTF8.GetString(key)));
    }

    [Fact]
    public async Task A_cache_that_drops_what_was_invalidated_during_its_read_is_never_stale()
    {
        var sink = new TinyCache();
        await using var connection = new TrackedConnection(
            TrackedClient.OptionsOf(fixture.Redis.Replicas.Last()), sink, TimeProvider.System, new RecordingLogger());
        connection.Start();
        await Eventually.HoldsAsync("the connection is tracking", () => connection.IsTracking);

        var isWriting = true;
        var readers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (Volatile.Read(ref isWriting))
            {
                var hits = sink.Hits;
                await sink.ReadAsync(connection, "inv:race");
                // A hit costs nothing, and a loop of nothing else would take the processor from those that work.
                if (sink.Hits != hits)
                    await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        })).ToArray();
        for (var i = 1; i <= 2000; i++)
        {
            await Master.ExecuteAsync("SET", "inv:race", i);
            if (i % 40 == 0)
                await Eventually.HoldsAsync($"the cache has the value {i}", async () => await sink.ReadAsync(connection, "inv:race") == $"{i}");
        }

        Volatile.Write(ref isWriting, false);
        await Task.WhenAll(readers);
        Assert.True(sink.Hits > 0);
    }
}
