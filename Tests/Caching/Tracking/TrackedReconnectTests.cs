using RedisAspire.Caching.Tracking;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Tracking;

public sealed class TrackedReconnectTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private RedisServer Master => fixture.Redis.Master;

    private RedisServer Replica => fixture.Redis.Replicas.First();

    [Fact]
    public async Task A_killed_connection_comes_back_and_tracks_again()
    {
        await using var client = await TrackedClient.ArmAsync(Master);
        for (var round = 1; round <= 3; round++)
        {
            await Master.ExecuteAsync("CLIENT", "KILL", "ID", await IdOfAsync(Master));

            await client.HearsAsync(RecordingSink.Lost, times: round);
            await client.HearsAsync(RecordingSink.Tracking, times: round + 1);
            await client.TrackingAsync();
            await client.ReadAsync("re:key");
            await Master.ExecuteAsync("SET", "re:key", round);
            await client.HearsAsync(RecordingSink.Key("re:key"), times: round);
        }

        string[] round1 = [RecordingSink.Lost, RecordingSink.Tracking, RecordingSink.Key("re:key")];
        Assert.Equal([RecordingSink.Tracking, .. round1, .. round1, .. round1], client.Sink.Events);
    }

    [Fact]
    public async Task A_node_that_starts_again_is_tracked_again()
    {
        var node = fixture.Redis.Replicas.Last();
        await using var client = await TrackedClient.ArmAsync(node);

        node.Process.Send(Signal.Kill);
        await node.Process.Exited.WaitAsync(TestContext.Current.CancellationToken);
        await client.HearsAsync(RecordingSink.Lost);
        Assert.False(client.Connection.IsTracking);
        await Assert.ThrowsAsync<TrackedConnectionLostException>(async () => await client.ReadAsync("re:key"));

        await node.StartAsync();
        await client.HearsAsync(RecordingSink.Tracking, times: 2);
        await node.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("reads go on", async () =>
        {
            try
            {
                await client.ReadAsync("re:key");
                return true;
            }
            catch (Exception)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task A_wrong_password_never_arms_until_it_is_right()
    {
        await using var client = TrackedClient.Start(TrackedClient.OptionsOf(Replica, password: "new-password"));

        await Eventually.HoldsAsync("the refusal is logged", () => client.Logger.Warnings.Count > 0);
        Assert.False(client.Connection.IsTracking);
        Assert.Empty(client.Sink.Events);

        await Replica.ExecuteAsync("CONFIG", "SET", "requirepass", "new-password");
        await client.TrackingAsync();
        await Replica.ExecuteAsync("CONFIG", "SET", "requirepass", "test-password");

        var warning = Assert.Single(client.Logger.Warnings);
        Assert.Contains("WRONGPASS", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("new-password", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_hangs_is_given_up_soon_and_tracked_again_when_it_goes_on()
    {
        await using var client = await TrackedClient.ArmAsync(new TrackedConnectionOptions
        {
            Host = "127.0.0.1",
            Port = Replica.Port,
            Password = "test-password",
            ConnectTimeout = TimeSpan.FromMilliseconds(500),
            OperationTimeout = TimeSpan.FromMilliseconds(300),
        });
        // With so little timeout a node may seem to hang that is only busy.
        await Eventually.HoldsAsync("a read is answered", async () => await Record.ExceptionAsync(async () => await client.ReadAsync("re:hang")) is null);
        Replica.Process.Send(Signal.Pause);
        try
        {
            var reads = Enumerable.Range(0, 50).Select(_ => client.ReadAsync("re:hang").AsTask()).ToArray();
            foreach (var read in reads)
                Assert.True(await Record.ExceptionAsync(() => read) is TimeoutException or TrackedConnectionLostException);

            await Eventually.HoldsAsync("the connection is given up", async () =>
            {
                _ = await Record.ExceptionAsync(async () => await client.ReadAsync("re:hang"));
                return !client.Connection.IsTracking;
            });
            await Assert.ThrowsAsync<TrackedConnectionLostException>(async () => await client.ReadAsync("re:hang"));
            await client.HearsAsync(RecordingSink.Lost);
        }
        finally
        {
            Replica.Process.Send(Signal.Resume);
        }

        await client.HearsAsync(RecordingSink.Tracking, times: 2);
        await Eventually.HoldsAsync("reads go on", () => client.Connection.IsTracking);
    }

    [Fact]
    public async Task A_node_that_hangs_is_given_up_although_nobody_reads()
    {
        await using var client = await TrackedClient.ArmAsync(new TrackedConnectionOptions
        {
            Host = "127.0.0.1",
            Port = Replica.Port,
            Password = "test-password",
            ConnectTimeout = TimeSpan.FromMilliseconds(500),
            PingInterval = TimeSpan.FromMilliseconds(300),
        });
        Replica.Process.Send(Signal.Pause);
        try
        {
            await client.HearsAsync(RecordingSink.Lost);
        }
        finally
        {
            Replica.Process.Send(Signal.Resume);
        }

        await client.HearsAsync(RecordingSink.Tracking, times: 2);
    }

    [Fact]
    public async Task Disposing_ends_it_once_and_for_all()
    {
        var client = await TrackedClient.ArmAsync(Master);

        await client.DisposeAsync();
        await client.DisposeAsync();

        Assert.Equal([RecordingSink.Tracking, RecordingSink.Lost], client.Sink.Events);
        Assert.False(client.Connection.IsTracking);
        Assert.Empty(client.Logger.Warnings);
        await Assert.ThrowsAsync<TrackedConnectionLostException>(async () => await client.ReadAsync("re:key"));
    }

    private static async Task<string> IdOfAsync(RedisServer node)
    {
        var list = (string)(await node.ExecuteAsync("CLIENT", "LIST"))!;
        // The last is the newest: the node may not have noticed yet that others are gone.
        var line = list.Split('\n').Last(line => line.Contains("name=RedisAspire-tracking", StringComparison.Ordinal));
        return line.Split(' ')[0]["id=".Length..];
    }
}
