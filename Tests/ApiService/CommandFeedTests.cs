using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.ApiService.Commands;
using RedisAspire.Caching.Near;
using RedisAspire.Contracts;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;

namespace RedisAspire.Tests.ApiService;

/// <summary><c>/api/nodes/{name}/commands/live</c>: what a node does, as it does it.</summary>
public sealed class CommandFeedTests(ApiFixture fixture) : ApiTests(fixture, hasAdminKey: true), IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_look_up_is_seen_on_the_replica_that_was_read_and_on_the_master_that_was_written()
    {
        await Eventually.HoldsAsync("the near cache is on", () => Api.Services.GetRequiredService<NearCache>().IsOn);
        await using var replica = await WatchAsync(Api.Services.GetRequiredService<RedisTopology>().Snapshot.ReadNode!);
        await using var master = await WatchAsync("redis-master");

        using var answer = await Client.GetAsync(new Uri("/data/seen", UriKind.Relative), Cancellation);
        var written = await master.UntilAsync(entry => entry is { Kind: "command" } && entry.Text.StartsWith("SET seen", StringComparison.Ordinal));
        var read = await replica.UntilAsync(entry => entry is { Kind: "command", Text: "GET seen" });

        Assert.Equal("SET seen data_pour_seen PX 60000", written.Text);
        Assert.Equal(written.Instance, read.Instance);
        Assert.True(read.Microseconds > 0);
    }

    [Fact]
    public async Task A_change_by_another_program_is_seen_on_a_replica_once_it_has_arrived_there()
    {
        await using var replica = await WatchAsync("redis-replica-2");
        await Eventually.HoldsAsync("the replica pushes changes", async () => (await replica.NextAsync()).IsFollowing);

        await Redis.Master.ExecuteAsync("SET", "from elsewhere", "1");
        await Redis.Master.ExecuteAsync("SET", "app:own", "1");
        await Redis.Master.ExecuteAsync("LPUSH", "last", "1");
        var seen = await replica.AllUntilAsync(entry => entry.Text == "last");

        Assert.Contains(seen, entry => entry is { Kind: "change", Text: "from elsewhere", Instance: null });
        Assert.DoesNotContain(seen, entry => entry.Text.StartsWith("app:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_of_the_console_is_seen_unless_it_concerns_the_applications_own_keys()
    {
        await using var replica = await WatchAsync("redis-replica-1");

        using var own = await Client.PostAsJsonAsync("/api/console", new ConsoleRequest("TTL app:stats", "redis-replica-1"), Cancellation);
        using var answer = await Client.PostAsJsonAsync("/api/console", new ConsoleRequest($"ECHO {new string('x', 600)}", "redis-replica-1"), Cancellation);
        var seen = await replica.AllUntilAsync(entry => entry.Text.StartsWith("ECHO", StringComparison.Ordinal));

        Assert.Equal($"ECHO {new string('x', 495)}…", seen[^1].Text);
        Assert.DoesNotContain(seen, entry => entry.Text.Contains("app:stats", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_commands_of_all_programs_are_counted()
    {
        await using var master = await WatchAsync("redis-master");

        var counted = await master.RatesUntilAsync(
            rate => rate is { Command: "hget" }, () => Redis.Master.ExecuteAsync("HGET", "nothing", "here"));

        Assert.True(counted.PerSecond > 0);
        Assert.True(counted.MicrosecondsPerCall > 0);
    }

    [Fact]
    public async Task Another_instance_shows_what_this_one_has_sent()
    {
        await using var other = await ApiFactory.StartAsync(Redis);
        using var client = other.CreateAdminClient();
        await using var master = await WatchAsync("redis-master");
        await Eventually.HoldsAsync("the other instance knows that the master is watched", () => other.Services.GetRequiredService<CommandSampler>().IsWatched("redis-master"));

        using var answer = await client.DeleteAsync(new Uri("/data/theirs", UriKind.Relative), Cancellation);
        var removed = await master.UntilAsync(entry => entry.Text == "UNLINK theirs");

        Assert.Equal(other.Services.GetRequiredService<RedisAspire.ApiService.Storage.ServiceInstance>().Name, removed.Instance);
    }

    [Fact]
    public async Task When_nobody_watches_any_more_nothing_is_sampled_and_the_connection_is_closed()
    {
        await using (var master = await WatchAsync("redis-master"))
            await Eventually.HoldsAsync("the master pushes changes", async () => (await master.NextAsync()).IsFollowing);

        await Eventually.HoldsAsync("the connection is closed", async () =>
            !((string?)await Redis.Master.ExecuteAsync("CLIENT", "LIST"))!.Contains("RedisAspire-changes", StringComparison.Ordinal));
        // They would expire in ten seconds.
        foreach (var node in Redis.Nodes)
            await Redis.Master.ExecuteAsync("DEL", $"app:commands:watched:{node.Name}");
        await Eventually.HoldsAsync("nothing is sampled", () => !Api.Services.GetRequiredService<CommandSampler>().Takes);
    }

    [Fact]
    public async Task An_unknown_node_is_not_found()
    {
        using var answer = await Client.GetAsync(Address("nobody"), Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("There is no Redis node of this name.", (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("detail").GetString());
    }

    private static Uri Address(string node) => new($"/api/nodes/{node}/commands/live", UriKind.Relative);

    private async Task<Watcher> WatchAsync(string node)
    {
        var watcher = new Watcher(await Client.GetStreamAsync(Address(node), Cancellation));
        // From the first event on, this instance samples.
        await watcher.NextAsync();
        return watcher;
    }

    private sealed class Watcher : IAsyncDisposable
    {
        // The stream itself has no end: what does not come must not be waited for without one.
        private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        private readonly Stream _stream;
        private readonly IAsyncEnumerator<SseItem<string>> _events;

        public Watcher(Stream stream)
        {
            _limit.CancelAfter(Eventually.Limit);
            _stream = stream;
            _events = SseParser.Create(stream).EnumerateAsync(_limit.Token).GetAsyncEnumerator(_limit.Token);
        }

        public async Task<LiveCommandsResponse> NextAsync() => await NextAsync<LiveCommandsResponse>("commands");

        public async Task<LiveCommandResponse> UntilAsync(Predicate<LiveCommandResponse> wanted) => (await AllUntilAsync(wanted)).First(entry => wanted(entry));

        public async Task<IReadOnlyList<LiveCommandResponse>> AllUntilAsync(Predicate<LiveCommandResponse> wanted)
        {
            var all = new List<LiveCommandResponse>();
            while (!all.Exists(wanted))
                all.AddRange((await NextAsync()).Entries);
            return all;
        }

        public async Task<CommandRateResponse> RatesUntilAsync(Func<CommandRateResponse, bool> wanted, Func<Task> meanwhile)
        {
            while (true)
            {
                await meanwhile();
                if ((await NextAsync<CommandRatesResponse>("rates")).Commands.FirstOrDefault(wanted) is { } found)
                    return found;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _events.DisposeAsync();
            await _stream.DisposeAsync();
            _limit.Dispose();
        }

        private async Task<T> NextAsync<T>(string type)
        {
            do
                Assert.True(await _events.MoveNextAsync());
            while (_events.Current.EventType != type);
            return JsonSerializer.Deserialize<T>(_events.Current.Data, JsonSerializerOptions.Web)!;
        }
    }
}
