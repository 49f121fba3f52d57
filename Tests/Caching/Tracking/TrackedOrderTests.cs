using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RedisAspire.Caching.Tracking;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Tracking;

public sealed class TrackedOrderTests
{
    [Fact]
    public async Task A_push_is_seen_before_a_later_reply()
    {
        await using var server = new ScriptedServer(command => command[0] switch
        {
            "GET" => ScriptedServer.Push("before") + ScriptedServer.Blob("v"),
            "PTTL" => ScriptedServer.Push("between") + ":-1\r\n",
            _ => ScriptedServer.Redis(command),
        });
        await using var client = await TrackedClient.ArmAsync(server.Options);

        for (var i = 1; i <= 100; i++)
        {
            await client.ReadAsync("key");
            Assert.Equal(i, client.Sink.Events.Count(heard => heard == RecordingSink.Key("before")));
            Assert.Equal(i, client.Sink.Events.Count(heard => heard == RecordingSink.Key("between")));
        }
    }

    [Fact]
    public async Task A_key_that_vanishes_between_the_value_and_its_time_to_live_is_missing()
    {
        await using var server = new ScriptedServer(command => command[0] switch
        {
            "GET" => ScriptedServer.Blob("v"),
            "PTTL" => ":-2\r\n",
            _ => ScriptedServer.Redis(command),
        });
        await using var client = await TrackedClient.ArmAsync(server.Options);

        Assert.Equal(default, await client.ReadAsync("key"));
    }

    [Fact]
    public async Task A_replica_out_of_touch_with_its_master_reports_no_offset()
    {
        await using var server = new ScriptedServer(command => command[0] switch
        {
            "ROLE" => "*5\r\n$5\r\nslave\r\n$9\r\n127.0.0.1\r\n:6379\r\n$10\r\nconnecting\r\n:-1\r\n",
            "GET" => "_\r\n",
            _ => ScriptedServer.Redis(command),
        });
        await using var client = await TrackedClient.ArmAsync(server.Options);

        Assert.Equal(new TrackedReply(Value: null, TimeToLive: null, Offset: null, IsMaster: false), await client.ReadAsync("key", neededOffset: long.MaxValue));
    }

    [Theory]
    [InlineData("ROLE")]
    [InlineData("GET")]
    [InlineData("PTTL")]
    public async Task An_error_to_any_command_of_a_read_fails_that_read_only(string refused)
    {
        await using var server = new ScriptedServer(command => command switch
        {
            _ when command[0] == refused => "-NOPERM no\r\n",
            ["ROLE"] => "*3\r\n$6\r\nmaster\r\n:5\r\n*0\r\n",
            ["GET", ..] => ScriptedServer.Blob("v"),
            _ => ScriptedServer.Redis(command),
        });
        await using var client = await TrackedClient.ArmAsync(server.Options);

        for (var i = 0; i < 3; i++)
            Assert.Equal("NOPERM", (await Assert.ThrowsAsync<RespErrorException>(async () => await client.ReadAsync("key", neededOffset: long.MaxValue))).Code);
        if (refused == "ROLE")
            Assert.Equal("v", await client.ReadTextAsync("key"));
        Assert.Equal([RecordingSink.Tracking], client.Sink.Events);
    }

    [Fact]
    public async Task A_caller_that_gives_up_disturbs_nobody()
    {
        await using var server = new ScriptedServer(command => command switch
        {
            // The first read gets its reply when the second one comes.
            ["GET", "slow"] or ["PTTL", "slow"] => "",
            ["GET", "fast"] => ScriptedServer.Blob("slow") + ":-1\r\n" + ScriptedServer.Blob("fast"),
            _ => ScriptedServer.Redis(command),
        });
        await using var client = await TrackedClient.ArmAsync(server.Options);

        for (var i = 0; i < 100; i++)
        {
            using var caller = new CancellationTokenSource();
            var slow = client.Connection.GetAsync("slow", withTimeToLive: true, neededOffset: null, caller.Token).AsTask();
            await caller.CancelAsync();

            var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
            Assert.Equal(caller.Token, cancelled.CancellationToken);
            Assert.Equal("fast", await client.ReadTextAsync("fast"));
        }
    }

    [Fact]
    public async Task A_read_that_times_out_disturbs_nobody_even_when_its_reply_comes()
    {
        await using var server = new ScriptedServer(command => command switch
        {
            ["GET", "slow"] or ["PTTL", "slow"] => "",
            ["GET", "fast"] => ScriptedServer.Blob("slow") + ":-1\r\n" + ScriptedServer.Blob("fast"),
            _ => ScriptedServer.Redis(command),
        });
        await using var client = await TrackedClient.ArmAsync(server.OptionsWith(TimeSpan.FromMilliseconds(500)));

        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<TimeoutException>(async () => await client.ReadAsync("slow"));
            Assert.Equal("fast", await client.ReadTextAsync("fast"));
        }
    }

    [Fact]
    public async Task After_three_time_outs_in_a_row_the_connection_is_given_up()
    {
        await using var server = new ScriptedServer(command => command[0] == "PTTL" ? "" : ScriptedServer.Redis(command));
        await using var client = await TrackedClient.ArmAsync(server.OptionsWith(TimeSpan.FromMilliseconds(50), reconnectDelay: TimeSpan.FromMinutes(1)));

        var failures = new List<Exception>();
        while (!client.HasHeard(RecordingSink.Lost))
            failures.Add(await Assert.ThrowsAnyAsync<Exception>(async () => await client.ReadAsync("key")));

        Assert.Equal(3, failures.Count(failure => failure is TimeoutException));
        await Eventually.HoldsAsync("the loss is logged", () => client.Logger.Warnings.Count > 0);
        Assert.Contains("3 times in a row", client.Logger.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_value_that_is_slow_to_come_costs_those_behind_it_their_time_but_not_the_connection()
    {
        await using var server = new ScriptedServer(command => command[0] == "PTTL" ? "" : ScriptedServer.Redis(command));
        await using var client = await TrackedClient.ArmAsync(server.OptionsWith(TimeSpan.FromMilliseconds(300)));

        await server.SendAsync("$1000000\r\n");
        for (var i = 0; i < 4; i++)
        {
            var read = client.ReadAsync("key").AsTask();
            while (!read.IsCompleted)
            {
                await server.SendAsync("x");
                await Task.WhenAny(read, Task.Delay(20, TestContext.Current.CancellationToken));
            }

            await Assert.ThrowsAsync<TimeoutException>(() => read);
        }

        Assert.True(client.Connection.IsTracking);
    }

    [Fact]
    public async Task Reads_that_wait_fail_at_once_when_the_connection_is_lost()
    {
        await using var server = new ScriptedServer(command => command switch
        {
            ["GET", "last"] => null,
            ["PTTL", ..] => "",
            _ => ScriptedServer.Redis(command),
        });
        await using var client = await TrackedClient.ArmAsync(server.OptionsWith(TimeSpan.FromMinutes(1)));

        var reads = Enumerable.Range(0, 10).Select(i => client.ReadAsync(i == 9 ? "last" : "key").AsTask()).ToArray();

        foreach (var read in reads)
            await Assert.ThrowsAsync<TrackedConnectionLostException>(() => read.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_read_cannot_be_awaited_twice()
    {
        await using var server = new ScriptedServer(command => command[0] == "GET" ? ScriptedServer.Blob(command[1]) : ScriptedServer.Redis(command));
        await using var client = await TrackedClient.ArmAsync(server.Options);

        var read = client.ReadAsync("key");
        await read;

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await read);
        Assert.Equal("other", await client.ReadTextAsync("other"));
    }

    [Fact]
    public async Task The_connection_may_be_encrypted()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=redis.test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var server = new ScriptedServer(
            command => command[0] == "GET" ? ScriptedServer.Push("a") + ScriptedServer.Blob(command[1]) : ScriptedServer.Redis(command), certificate);
        await using var client = await TrackedClient.ArmAsync(server.Options);

        var values = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => client.ReadTextAsync($"{i}")));

        Assert.All(values.Index(), value => Assert.Equal($"{value.Index}", value.Item));
        await client.DisposeAsync();
        Assert.Equal(RecordingSink.Lost, client.Sink.Events[^1]);
    }

    [Fact]
    public async Task A_sink_that_fails_costs_the_connection_and_nothing_else()
    {
        await using var server = new ScriptedServer(ScriptedServer.Redis);
        var sink = new FailingSink();
        await using var connection = new TrackedConnection(server.Options, sink, TimeProvider.System, new RecordingLogger());
        connection.Start();
        await Eventually.HoldsAsync("the connection is tracking", () => connection.IsTracking);

        await server.SendAsync(ScriptedServer.Push("a"));

        await Eventually.HoldsAsync("it is tracking again", () => sink.TimesTracking >= 2 && connection.IsTracking);
    }

    private sealed class FailingSink : ITrackingSink
    {
        private int _timesTracking;

        public int TimesTracking => Volatile.Read(ref _timesTracking);

        public void OnTrackingStarted() => Interlocked.Increment(ref _timesTracking);

        public void OnInvalidated(ReadOnlySpan<byte> key) => throw new NotSupportedException();

        public void OnAllInvalidated()
        {
        }

        public void OnTrackingLost() => throw new NotSupportedException();
    }
}
