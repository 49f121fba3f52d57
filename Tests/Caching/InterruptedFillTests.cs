using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.Caching.Store;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;

namespace RedisAspire.Tests.Caching;

/// <summary>One process fills a key, another waits for it, and then the value cannot be stored: the second one calls its own source once.</summary>
public sealed class InterruptedFillTests : IAsyncLifetime
{
    private const string Key = "key";

    private readonly RedisFixture _fixture = new();
    private readonly TaskCompletionSource<string> _theirs = new();
    private readonly TaskCompletionSource<string> _ours = new();
    private readonly TaskCompletionSource _oursIsCalled = new();
    private CacheHost _filling = null!;
    private CacheHost _waiting = null!;
    private FlakyProxy _toMaster = null!;
    private int _calls;

    private RedisReplication Redis => _fixture.Redis;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        // No lease ends by itself while it is waited for.
        static void Configure(ReplicatedCacheOptions options) => options.LeaseDuration = TimeSpan.FromMinutes(1);

        _filling = await CacheHost.StartAsync(Redis, Configure);
        _toMaster = new FlakyProxy(Redis.Master.Port);
        _waiting = await CacheHost.StartAsync(Redis, Configure, reach: node => node == Redis.Master
            ? node.ConnectionString.Replace($":{node.Port}", $":{_toMaster.Port}", StringComparison.Ordinal)
            : node.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _filling.DisposeAsync();
        await _waiting.DisposeAsync();
        await _toMaster.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task When_the_master_dies_the_waiting_process_calls_its_own_source_once()
    {
        var (theirs, ours) = await BeginAsync();

        await Redis.Master.Process.KillAsync();

        await AssertEachHasItsOwnAsync(theirs, ours);
    }

    [Fact]
    public async Task When_every_node_dies_the_waiting_process_calls_its_own_source_once()
    {
        var (theirs, ours) = await BeginAsync();

        await Task.WhenAll(Redis.Nodes.Select(node => node.Process.KillAsync()));

        await AssertEachHasItsOwnAsync(theirs, ours);
    }

    [Fact]
    public async Task When_the_master_does_not_answer_the_waiting_process_calls_its_own_source_once()
    {
        var (theirs, ours) = await BeginAsync();

        _toMaster.IsStalled = true;

        await AssertEachHasItsOwnAsync(theirs, ours);
    }

    [Fact]
    public async Task When_another_node_becomes_the_master_its_lease_is_free_and_what_is_stored_there_is_what_all_get()
    {
        var (theirs, ours) = await BeginAsync();
        var heir = Redis.Replicas.First();

        await _filling.Services.GetRequiredService<RedisFailover>().PromoteAsync(heir.Name, Cancellation);

        await AssertEachHasItsOwnAsync(theirs, ours);
        // The second process may have called its source while neither node was the master: then it had no lease.
        var stored = (string?)await heir.ExecuteAsync("GET", Key);
        Assert.True(stored is "theirs" or "ours", stored);
        Assert.All(
            await Task.WhenAll(new[] { _filling, _waiting }.Select(host => host.Cache.GetOrCreateAsync(Key, _ => ValueTask.FromResult("anew"), cancellationToken: Cancellation).AsTask())),
            value => Assert.Equal(stored, value));
    }

    [Fact]
    public async Task When_the_key_is_removed_the_waiting_process_does_not_get_the_value_from_before()
    {
        var (theirs, ours) = await BeginAsync();

        await _filling.Cache.RemoveAsync(Key, Cancellation);

        await AssertEachHasItsOwnAsync(theirs, ours);
        Assert.Equal("ours", (string?)await Redis.Master.ExecuteAsync("GET", Key));
    }

    // The second process waits, and would hear of the end of the fill.
    private async Task<(Task<CacheLookup<string>> Theirs, Task<CacheLookup<string>> Ours)> BeginAsync()
    {
        var begun = new TaskCompletionSource();
        var theirs = _filling.Cache.LookupAsync(Key, async _ =>
        {
            begun.SetResult();
            return await _theirs.Task;
        }, cancellationToken: Cancellation).AsTask();
        await InTimeAsync(begun.Task);

        var ours = _waiting.Cache.LookupAsync(Key, async token =>
        {
            Interlocked.Increment(ref _calls);
            _oursIsCalled.TrySetResult();
            return await _ours.Task.WaitAsync(token);
        }, cancellationToken: Cancellation).AsTask();
        var channel = _waiting.Services.GetRequiredService<ReadChannel>();
        await Eventually.HoldsAsync("the second process waits", () => channel.WaitFor(Key).IsWatched);
        return (theirs, ours);
    }

    private async Task AssertEachHasItsOwnAsync(Task<CacheLookup<string>> theirs, Task<CacheLookup<string>> ours)
    {
        await InTimeAsync(_oursIsCalled.Task);
        _theirs.SetResult("theirs");
        Assert.Equal("theirs", (await InTimeAsync(theirs)).Value);
        _ours.SetResult("ours");

        var lookup = await InTimeAsync(ours);
        Assert.Equal((CacheLevel.Source, "ours"), (lookup.Level, lookup.Value));
        Assert.Equal(1, _calls);
    }

    private static Task InTimeAsync(Task task) => task.WaitAsync(Eventually.Limit, Cancellation);

    private static Task<T> InTimeAsync<T>(Task<T> task) => task.WaitAsync(Eventually.Limit, Cancellation);
}
