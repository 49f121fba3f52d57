using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;

namespace RedisAspire.Tests.Caching;

public sealed class TagTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly RedisReplication _redis = fixture.Redis;
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private readonly string _tag = $"tag-{Guid.NewGuid():N}";
    private CacheHost _host = null!;
    private CacheHost _other = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await CacheHost.StartAsync(_redis);
        _other = await CacheHost.StartAsync(_redis);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Removing_a_tag_voids_its_entries_here_at_once_and_elsewhere_soon()
    {
        await _host.Cache.SetAsync(_key, "old", tags: [_tag, "another"], cancellationToken: Cancellation);
        await _host.Cache.SetAsync(_key + ":untagged", "old", cancellationToken: Cancellation);
        foreach (var host in new[] { _host, _other })
            await Eventually.HoldsAsync("the entry is near", async () => (await LookupAsync(host, _key, [_tag])) is { Level: CacheLevel.Near, Value: "old" });

        await _host.Cache.RemoveByTagAsync(_tag, Cancellation);

        Assert.Equal("new", (await LookupAsync(_host, _key, [_tag])).Value);
        await Eventually.HoldsAsync("the other process has the new one", async () => (await LookupAsync(_other, _key, [_tag])).Value == "new");
        Assert.Equal("old", (await LookupAsync(_host, _key + ":untagged", null)).Value);
    }

    [Fact]
    public async Task An_entry_whose_tag_is_removed_while_the_source_works_is_void_from_the_start()
    {
        var begun = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var filling = _host.Cache.LookupAsync(_key, async _ =>
        {
            begun.SetResult();
            await release.Task;
            return "from before";
        }, tags: [_tag], cancellationToken: Cancellation).AsTask();
        await begun.Task;

        await _other.Cache.RemoveByTagAsync(_tag, Cancellation);
        release.SetResult();

        await filling;
        // The removal came from another process, so it is seen here when Redis has announced it.
        await Eventually.HoldsAsync("the entry is void", async () => (await LookupAsync(_host, _key, [_tag])).Value == "new");
    }

    [Fact]
    public async Task A_tags_key_lives_as_long_as_any_entry_that_carries_it_and_not_for_ever()
    {
        var lasting = new CacheEntryOptions { Expiration = TimeSpan.FromHours(10), StaleWindow = TimeSpan.FromHours(10) };
        await _host.Cache.SetAsync(_key, "value", tags: [_tag], cancellationToken: Cancellation);
        var first = await TimeToLiveAsync();
        await LookupAsync(_host, _key + ":filled", [_tag], lasting);
        var filled = await TimeToLiveAsync();
        await _host.Cache.SetAsync(_key, "value", tags: [_tag], cancellationToken: Cancellation);
        await _host.Cache.RemoveByTagAsync(_tag, Cancellation);
        var removed = await TimeToLiveAsync();
        await _host.Cache.RemoveByTagAsync(_tag + ":unused", Cancellation);

        var tenHours = TimeSpan.FromHours(10).TotalMilliseconds;
        Assert.InRange(first, 60_000, tenHours);
        Assert.InRange(filled, 2 * tenHours, 3 * tenHours);
        Assert.InRange(removed, (2 * tenHours) - 60_000, filled);
        Assert.InRange(await TimeToLiveAsync(":unused"), 1, tenHours);

        async Task<long> TimeToLiveAsync(string end = "") => (long)await _redis.Master.ExecuteAsync("PTTL", $"app:cache:tag:{_tag}{end}");
    }

    [Fact]
    public async Task What_a_removal_has_voided_stays_void_when_the_tags_key_is_lost()
    {
        await _host.Cache.SetAsync(_key, "old", tags: [_tag], cancellationToken: Cancellation);
        await _host.Cache.RemoveByTagAsync(_tag, Cancellation);

        await _redis.Master.ExecuteAsync("DEL", $"app:cache:tag:{_tag}");
        await _redis.WaitForReplicasAsync();

        Assert.Equal("new", (await LookupAsync(_host, _key, [_tag])).Value);
    }

    [Fact]
    public async Task Without_tags_the_value_is_plain()
    {
        await _host.Cache.SetAsync(_key, "plain", tags: [], cancellationToken: Cancellation);

        Assert.Equal("plain", (string?)await _redis.Master.ExecuteAsync("GET", _key));
    }

    [Fact]
    public async Task The_stamps_of_all_tags_are_read_along_with_the_entry()
    {
        await using var network = new FlakyProxy(_redis.Replicas.First().Port);
        // The only replica that serves reads is behind the network, and nothing but this look-up talks to it.
        await using var host = await CacheHost.StartAsync(
            _redis,
            options => options.OperationTimeout = TimeSpan.FromSeconds(30),
            services => services.Configure<RedisTopologyOptions>(options =>
            {
                options.Nodes.Remove(_redis.Replicas.Last().Name);
                options.PollInterval = TimeSpan.FromMinutes(10);
            }),
            node => node == _redis.Replicas.First() ? node.ConnectionString.Replace($":{node.Port}", $":{network.Port}", StringComparison.Ordinal) : node.ConnectionString);
        await Eventually.HoldsAsync("the near cache is on", () => host.Near.IsOn);
        var reads = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "RedisAspire.Caching",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = reads.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        network.IsStalled = true;
        var looking = LookupAsync(host, _key, [_tag, _tag + "2", _tag + "3"]).AsTask();

        await Eventually.HoldsAsync("the entry and three stamps are being read", () => reads.Count(read => network.Port.Equals(read.GetTagItem("server.port"))) == 4);
        network.IsStalled = false;
        Assert.Equal("new", (await looking).Value);
    }

    private static ValueTask<CacheLookup<string>> LookupAsync(CacheHost host, string key, string[]? tags, CacheEntryOptions? options = null) =>
        host.Cache.LookupAsync(key, _ => ValueTask.FromResult("new"), options, tags, Cancellation);
}
