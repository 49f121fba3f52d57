using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>Removals by tag that concern everything, or happen while Redis is away. Every test has nodes of its own.</summary>
public sealed class EveryTagTests : IAsyncLifetime
{
    private readonly RedisFixture _fixture = new();
    private CacheHost _host = null!;
    private CacheHost _other = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RedisReplication Redis => _fixture.Redis;

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        _host = await CacheHost.StartAsync(Redis);
        _other = await CacheHost.StartAsync(Redis);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _other.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Removing_everything_voids_every_entry_everywhere_and_deletes_nothing()
    {
        await Redis.Master.ExecuteAsync("SETEX", "theirs", 600, "value");
        foreach (var host in new[] { _host, _other })
        {
            foreach (var (key, tags) in new[] { ("plain", Array.Empty<string>()), ("tagged", ["tag"]) })
                await Eventually.HoldsAsync("the entry is near", async () => await LookupAsync(host, key, "old", tags) is { Level: CacheLevel.Near, Value: "old" });
        }

        await _host.Cache.RemoveByTagAsync("*", Cancellation);

        foreach (var key in new[] { "plain", "tagged" })
        {
            Assert.Equal((CacheLevel.Source, "new"), await LevelAsync(_host, key, "new"));
            await Eventually.HoldsAsync("the other process has the new value", async () => (await LookupAsync(_other, key, "newer")).Value == "new");
            await Eventually.HoldsAsync("the new value is near", async () => await LevelAsync(_host, key, "newer") == (CacheLevel.Near, "new"));
        }

        Assert.Equal("value", (string?)await Redis.Master.ExecuteAsync("GET", "theirs"));
        Assert.Equal(-1, (long)await Redis.Master.ExecuteAsync("TTL", "app:cache:tag:*"));
    }

    [Fact]
    public async Task Removing_everything_twice_voids_what_was_written_in_between()
    {
        await _host.Cache.RemoveByTagAsync("*", Cancellation);
        await _host.Cache.SetAsync("key", "old", cancellationToken: Cancellation);
        Assert.Equal("old", (await LookupAsync(_host, "key", "new")).Value);

        await _host.Cache.RemoveByTagAsync("*", Cancellation);

        Assert.Equal("new", (await LookupAsync(_host, "key", "new")).Value);
    }

    [Fact]
    public async Task A_fill_from_before_everything_was_removed_is_neither_kept_nor_shared()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource<string>());
        var before = _host.Cache.LookupAsync("key", async _ =>
        {
            asked.SetResult();
            return await answer.Task;
        }, cancellationToken: Cancellation).AsTask();
        await asked.Task.WaitAsync(Cancellation);

        await _host.Cache.RemoveByTagAsync("*", Cancellation);
        answer.SetResult("old");
        await before;

        Assert.Equal("new", (await LookupAsync(_host, "key", "new")).Value);
    }

    [Fact]
    public async Task A_replica_that_does_not_know_yet_is_not_believed()
    {
        await using var network = new FlakyProxy(Redis.Master.Port);
        foreach (var replica in Redis.Replicas)
            await replica.ExecuteAsync("REPLICAOF", "127.0.0.1", network.Port);
        foreach (var replica in Redis.Replicas)
            await replica.WaitUntilReadyAsync(Cancellation);
        await Redis.Master.ExecuteAsync("SETEX", "key", 600, "old");
        await Eventually.HoldsAsync("the value is near", async () => await LevelAsync(_host, "key", "old") == (CacheLevel.Near, "old"));
        network.IsStalled = true;

        await _host.Cache.RemoveByTagAsync("*", Cancellation);

        Assert.Equal("new", (await LookupAsync(_host, "key", "new")).Value);
    }

    [Theory]
    [InlineData("tag")]
    [InlineData("*")]
    public async Task A_removal_during_an_outage_is_completed_after_it_and_revives_nothing(string tag)
    {
        await WriteAsync("first");
        await _host.Cache.RemoveByTagAsync(tag, Cancellation);
        await WriteAsync("second");
        Assert.Equal("old", (await LookupAsync(_host, "second", "new", "tag")).Value);
        await Redis.WaitForReplicasAsync();
        await Redis.Master.Process.KillAsync();

        await _host.Cache.RemoveByTagAsync(tag, Cancellation);
        Assert.Equal("new", (await LookupAsync(_host, "second", "new", "tag")).Value);
        await Redis.RestoreAsync();
        await Eventually.HoldsAsync("values are cached again", async () => (await LookupAsync(_host, "third", "value", "tag")).IsHit);

        foreach (var key in new[] { "first", "second" })
        {
            Assert.Equal("new", (await LookupAsync(_host, key, "new", "tag")).Value);
            await Eventually.HoldsAsync("the other process knows as well", async () => (await LookupAsync(_other, key, "new", "tag")).Value == "new");
        }
    }

    [Fact]
    public async Task A_first_removal_during_an_outage_is_completed_after_it()
    {
        await WriteAsync("key");
        await Redis.WaitForReplicasAsync();
        await Redis.Master.Process.KillAsync();

        await _host.Cache.RemoveByTagAsync("tag", Cancellation);
        await Redis.RestoreAsync();
        await Eventually.HoldsAsync("values are cached again", async () => (await LookupAsync(_host, "third", "value", "tag")).IsHit);

        Assert.Equal("new", (await LookupAsync(_host, "key", "new", "tag")).Value);
    }

    [Fact]
    public async Task After_more_failed_removals_than_a_process_can_remember_nothing_old_is_left()
    {
        await WriteAsync("key");
        await Redis.WaitForReplicasAsync();
        // Without a master and with all its data.
        await Redis.Master.ExecuteAsync("REPLICAOF", "127.0.0.1", 1);
        await Eventually.HoldsAsync("there is no master", () => _host.Topology.Snapshot.Master is null && _other.Topology.Snapshot.Master is null);
        Assert.Equal("old", (await LookupAsync(_host, "key", "new")).Value);

        await _host.Cache.RemoveAsync(Enumerable.Range(0, 10_000).Select(i => $"another-{i}"), Cancellation);
        await _host.Cache.RemoveAsync("key", Cancellation);

        Assert.Equal("new", (await LookupAsync(_host, "key", "new")).Value);
        await Redis.Master.ExecuteAsync("REPLICAOF", "NO", "ONE");
        await Eventually.HoldsAsync("values are cached again", async () => (await LookupAsync(_host, "third", "value")).IsHit);
        Assert.Equal("new", (await LookupAsync(_host, "key", "new")).Value);
        await Eventually.HoldsAsync("the other process knows as well", async () => (await LookupAsync(_other, "key", "new")).Value == "new");
    }

    [Fact]
    public async Task Deleting_keys_says_which_ones()
    {
        await using var prefixed = await CacheHost.StartAsync(Redis, options => options.KeyPrefix = "mine:");
        await _host.Cache.SetAsync("a:1", "value", cancellationToken: Cancellation);
        await _host.Cache.SetAsync("b:1", "value", cancellationToken: Cancellation);
        await prefixed.Cache.SetAsync("a:1", "value", cancellationToken: Cancellation);
        await prefixed.Cache.SetAsync("b:1", "value", cancellationToken: Cancellation);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _host.Cache.ClearAsync(Cancellation));
        Assert.Equal(1, await _host.Cache.ClearAsync("a:", Cancellation));
        Assert.Equal(1, await prefixed.Cache.ClearAsync("a:", Cancellation));
        Assert.Equal(1, await prefixed.Cache.ClearAsync(Cancellation));
        Assert.Equal(1, await _host.Cache.ClearAsync("", Cancellation));
    }

    private static ValueTask<CacheLookup<string>> LookupAsync(CacheHost host, string key, string value, params string[] tags) =>
        host.Cache.LookupAsync(key, _ => ValueTask.FromResult(value), tags: tags, cancellationToken: Cancellation);

    private static async Task<(CacheLevel Level, string Value)> LevelAsync(CacheHost host, string key, string value)
    {
        var lookup = await LookupAsync(host, key, value);
        return (lookup.Level, lookup.Value);
    }

    private ValueTask WriteAsync(string key) =>
        _host.Cache.SetAsync(key, "old", new CacheEntryOptions { Expiration = TimeSpan.FromHours(1) }, ["tag"], Cancellation);
}
