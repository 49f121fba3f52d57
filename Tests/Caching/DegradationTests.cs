using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;
using StackExchange.Redis;

namespace RedisAspire.Tests.Caching;

public sealed class DegradationTests : IAsyncLifetime
{
    private readonly RedisFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Without_any_Redis_the_source_answers_and_Redis_is_used_once_it_comes()
    {
        foreach (var node in _fixture.Redis.Nodes)
            await node.Process.StopAsync();
        await using var host = await CacheHost.StartAsync(_fixture.Redis);

        Assert.Equal(CacheLevel.Source, (await LookupAsync(host, "a")).Level);
        Assert.Null(host.Topology.Snapshot.Master);

        foreach (var node in _fixture.Redis.Nodes)
            await node.StartAsync();
        await Eventually.HoldsAsync("a value is a hit again", async () => (await LookupAsync(host, "a")).IsHit);
    }

    [Fact]
    public async Task Killing_every_node_costs_no_answer_and_they_are_used_again_when_they_return()
    {
        await using var host = await CacheHost.StartAsync(_fixture.Redis);
        await LookupAsync(host, "a");
        await Eventually.HoldsAsync("the value is a hit", async () => (await LookupAsync(host, "a")).IsHit);

        foreach (var node in _fixture.Redis.Nodes)
            await node.Process.KillAsync();
        await Eventually.HoldsAsync("the source answers", async () => !(await LookupAsync(host, "a")).IsHit);

        foreach (var node in _fixture.Redis.Nodes)
            await node.StartAsync();
        await Eventually.HoldsAsync("every node is up", () => host.Topology.Snapshot.Nodes.All(node => node.IsUp));
        await Eventually.HoldsAsync("the value is a hit again", async () => (await LookupAsync(host, "a")).IsHit);
    }

    [Theory]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(RedisUnavailableException))]
    public async Task A_client_that_fails_costs_no_answer(Type failure)
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(_fixture.Redis.Master.ConnectionString);
        await using var host = await CacheHost.StartAsync(_fixture.Redis, services: services => services.AddKeyedSingleton(
            _fixture.Redis.Master.Name, FaultyConnection.Before(connection, (Exception)Activator.CreateInstance(failure, "The client fails.", new IOException())!)));

        Assert.Equal(CacheLevel.Source, (await LookupAsync(host, "a")).Level);
        await host.Cache.SetAsync("a", "set", cancellationToken: Cancellation);
        await host.Cache.RemoveAsync("a", Cancellation);
    }

    [Fact]
    public async Task What_a_source_leaves_behind_to_be_told_of_cancellation_is_no_concern_of_the_caller()
    {
        await using var host = await CacheHost.StartAsync(_fixture.Redis);

        var lookup = await host.Cache.LookupAsync("a", cancellationToken =>
        {
            cancellationToken.Register(() => throw new InvalidDataException("told too late"));
            return ValueTask.FromResult("value");
        }, cancellationToken: Cancellation);

        Assert.Equal("value", lookup.Value);
    }

    [Fact]
    public async Task A_removal_whose_caller_gave_up_is_made_good()
    {
        await using var host = await CacheHost.StartAsync(_fixture.Redis);
        await host.Cache.SetAsync("a", "old", cancellationToken: Cancellation);
        await Eventually.HoldsAsync("the value is near", async () => (await LookupAsync(host, "a")).Level == CacheLevel.Near);
        var master = _fixture.Redis.Master;

        master.Process.Send(Signal.Pause);
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Cache.RemoveAsync("a", impatience.Token).AsTask());
        Assert.NotEqual("old", (await LookupAsync(host, "a")).Value);
        master.Process.Send(Signal.Resume);

        await Eventually.HoldsAsync("the value is cached anew", async () => await LookupAsync(host, "a") is { IsHit: true } lookup && lookup.Value != "old");
    }

    [Fact]
    public async Task Another_node_serves_reads_when_the_read_node_is_killed()
    {
        await using var host = await CacheHost.StartAsync(_fixture.Redis);
        await LookupAsync(host, "a");
        await Eventually.HoldsAsync("a replica serves the value", async () => (await LookupAsync(host, "a")).Node?.StartsWith("redis-replica-", StringComparison.Ordinal) == true);
        var first = host.Topology.Snapshot.ReadNode;

        await _fixture.Redis.Nodes.Single(node => node.Name == first).Process.KillAsync();

        await Eventually.HoldsAsync("another node serves the value", async () => await LookupAsync(host, "a") is { IsHit: true, Node: { } node } && node != first);
    }

    [Fact]
    public async Task No_read_needs_the_source_while_the_read_node_is_killed()
    {
        await using var host = await CacheHost.StartAsync(_fixture.Redis);
        var fromRedis = new CacheEntryOptions { Flags = HybridCacheEntryFlags.DisableLocalCache };
        string[] keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
        foreach (var key in keys)
        {
            await host.Cache.SetAsync(key, "value", fromRedis, cancellationToken: Cancellation);
            await Eventually.HoldsAsync("a replica serves the value", async () => (await LookupAsync(host, key)).Node?.StartsWith("redis-replica-", StringComparison.Ordinal) == true);
        }

        var first = host.Topology.Snapshot.ReadNode;
        var (calls, isKilled) = (0, false);
        async Task AskAsync(string key)
        {
            for (var left = 100; left > 0;)
            {
                await host.Cache.LookupAsync(key, _ => ValueTask.FromResult($"{Interlocked.Increment(ref calls)}"), fromRedis, cancellationToken: Cancellation);
                if (Volatile.Read(ref isKilled))
                    left--;
            }
        }

        var asking = Task.WhenAll(keys.Select(key => Task.Run(() => AskAsync(key), Cancellation)));
        await _fixture.Redis.Nodes.Single(node => node.Name == first).Process.KillAsync();
        Volatile.Write(ref isKilled, true);
        await asking;

        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task A_node_that_hangs_is_down_until_it_answers_again()
    {
        await using var host = await CacheHost.StartAsync(_fixture.Redis);
        RedisNodeStatus Status(string name) => host.Topology.Snapshot.Nodes.Single(node => node.Name == name);
        var replica = _fixture.Redis.Nodes[1];
        await Eventually.HoldsAsync("the node is up", () => Status(replica.Name).IsUp);

        replica.Process.Send(Signal.Pause);
        await Eventually.HoldsAsync("the node is down", () => Status(replica.Name) is { IsUp: false, Error: "does not answer" });

        replica.Process.Send(Signal.Resume);
        await Eventually.HoldsAsync("the node is up again", () => Status(replica.Name).IsUp);
    }

    [Fact]
    public async Task A_removal_while_the_master_is_down_is_made_good_when_it_returns()
    {
        await using var host = await CacheHost.StartAsync(_fixture.Redis);
        var master = _fixture.Redis.Master;
        await master.ExecuteAsync("SET", "a", "outdated");
        await Eventually.HoldsAsync("every replica holds the value", async () =>
            (await Task.WhenAll(_fixture.Redis.Replicas.Select(node => node.ExecuteAsync("GET", "a")))).All(held => (string?)held == "outdated"));
        await master.Process.KillAsync();

        await host.Cache.RemoveAsync("a", Cancellation);

        Assert.Equal("value", (await LookupAsync(host, "a")).Value);
        await master.StartAsync();
        await master.WaitUntilReadyAsync(Cancellation);
        await Eventually.HoldsAsync("the outdated value is gone", async () => (string?)await master.ExecuteAsync("GET", "a") != "outdated");
        await Eventually.HoldsAsync("the new value is a hit", async () => await LookupAsync(host, "a") is { IsHit: true, Value: "value" });
    }

    [Fact]
    public async Task Who_removes_is_told_whether_the_master_has_done_it()
    {
        await using var host = await CacheHost.StartAsync(_fixture.Redis);
        await host.Cache.SetAsync("a", "value", tags: ["tag"], cancellationToken: Cancellation);
        Assert.True(await host.Cache.TryRemoveAsync("a", Cancellation));
        Assert.True(await host.Cache.TryRemoveByTagAsync("tag", Cancellation));

        await _fixture.Redis.Master.Process.KillAsync();

        Assert.False(await host.Cache.TryRemoveAsync("a", Cancellation));
        Assert.False(await host.Cache.TryRemoveByTagAsync("tag", Cancellation));
        Assert.False(await host.Cache.TryRemoveByTagAsync("*", Cancellation));
    }

    private static ValueTask<CacheLookup<string>> LookupAsync(CacheHost host, string key) =>
        host.Cache.LookupAsync(key, _ => ValueTask.FromResult("value"), cancellationToken: Cancellation);
}
