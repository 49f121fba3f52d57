using System.Text;
using RedisAspire.Caching.Tracking;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Tracking;

public sealed class TrackedReadTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private RedisServer Master => fixture.Redis.Master;

    [Fact]
    public async Task A_value_comes_with_its_time_to_live()
    {
        await Master.ExecuteAsync("SET", "read:ttl", "apple", "PX", 60_000);
        await using var client = await TrackedClient.ArmAsync(Master);

        var reply = await client.ReadAsync("read:ttl");

        Assert.Equal("apple"u8, reply.Value.AsSpan());
        Assert.InRange(reply.TimeToLive!.Value, TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(60));
        Assert.Null(reply.Offset);
        Assert.Null(reply.IsMaster);
    }

    [Fact]
    public async Task A_value_that_never_expires_has_no_time_to_live()
    {
        await Master.ExecuteAsync("SET", "read:forever", "apple");
        await using var client = await TrackedClient.ArmAsync(Master);

        Assert.Null((await client.ReadAsync("read:forever")).TimeToLive);
    }

    [Fact]
    public async Task A_missing_key_has_no_value_and_an_empty_one_has()
    {
        await Master.ExecuteAsync("SET", "read:empty", "");
        await using var client = await TrackedClient.ArmAsync(Master);

        Assert.Equal(default, await client.ReadAsync("read:missing"));
        Assert.Equal("", await client.ReadTextAsync("read:empty"));
    }

    [Theory]
    [InlineData("read:ключ 键 🔑")]
    [InlineData("read:\r\n$5\r\n\0")]
    [InlineData("")]
    public async Task Any_text_is_a_key(string key)
    {
        await Master.ExecuteAsync("SET", Encoding.UTF8.GetBytes(key), "value");
        await using var client = await TrackedClient.ArmAsync(Master);

        Assert.Equal("value", await client.ReadTextAsync(key));
        await Master.ExecuteAsync("DEL", Encoding.UTF8.GetBytes(key));
        await client.HearsAsync(RecordingSink.Key(key));
    }

    [Fact]
    public async Task A_large_value_comes_whole_and_others_follow()
    {
        var value = new byte[5_000_000];
        new Random(1).NextBytes(value);
        await Master.ExecuteAsync("SET", "read:large", value);
        await using var client = await TrackedClient.ArmAsync(Master);

        var replies = await Task.WhenAll(client.ReadAsync("read:large").AsTask(), client.ReadAsync("read:none").AsTask());

        Assert.Equal(value, replies[0].Value);
        Assert.Null(replies[1].Value);
    }

    [Fact]
    public async Task A_key_of_another_type_fails_its_own_read_only()
    {
        await Master.ExecuteAsync("RPUSH", "read:list", "a");
        await Master.ExecuteAsync("SET", "read:string", "b");
        await using var client = await TrackedClient.ArmAsync(Master);

        var wrong = client.ReadAsync("read:list").AsTask();
        var right = client.ReadTextAsync("read:string");

        Assert.Equal("WRONGTYPE", (await Assert.ThrowsAsync<RespErrorException>(() => wrong)).Code);
        Assert.Equal("b", await right);
        Assert.False(client.HasHeard(RecordingSink.Lost));
    }

    [Fact]
    public async Task The_offset_and_the_role_come_with_the_value()
    {
        var replica = fixture.Redis.Replicas.First();
        await using var onMaster = await TrackedClient.ArmAsync(Master);
        await using var onReplica = await TrackedClient.ArmAsync(replica);
        await Master.ExecuteAsync("SET", "read:offset", "a");

        var written = await onMaster.ReadAsync("read:offset", neededOffset: long.MaxValue);
        Assert.Equal("a"u8, written.Value.AsSpan());
        Assert.True(written.IsMaster);
        Assert.True(written.Offset > 0);

        await Eventually.HoldsAsync("the replica reports an offset that has the write, and then has it", async () =>
        {
            var applied = await onReplica.ReadAsync("read:offset", neededOffset: long.MaxValue);
            Assert.False(applied.IsMaster);
            if (!(applied.Offset >= written.Offset))
                return false;
            Assert.Equal("a"u8, applied.Value.AsSpan());
            return true;
        });
    }

    [Fact]
    public async Task Callers_at_the_same_time_get_each_its_own_value()
    {
        const int Keys = 100;
        for (var i = 0; i < Keys; i++)
            await Master.ExecuteAsync("SET", $"read:{i}", $"value {i}");
        await using var client = await TrackedClient.ArmAsync(Master);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var i = 0; i < 500; i++)
            {
                var key = random.Next(Keys + 10);
                var reply = await client.ReadAsync($"read:{key}", neededOffset: i % 10 == 0 ? long.MaxValue : null);
                Assert.Equal(key < Keys ? $"value {key}" : null, reply.Value is null ? null : Encoding.UTF8.GetString(reply.Value));
                Assert.Equal(i % 10 == 0, reply.Offset is not null);
            }
        })));
    }

    [Fact]
    public async Task A_connection_that_was_not_started_refuses_at_once()
    {
        await using var connection = new TrackedConnection(TrackedClient.OptionsOf(Master), new RecordingSink(), TimeProvider.System, new RecordingLogger());

        Assert.False(connection.IsTracking);
        await Assert.ThrowsAsync<TrackedConnectionLostException>(async () => await connection.GetAsync("key", withTimeToLive: true, neededOffset: null, TestContext.Current.CancellationToken));
    }
}
