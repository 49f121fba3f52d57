using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.Caching.Coherence;
using RedisAspire.Caching.Topology;
using RedisAspire.Standalone.Redis;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>One process fills a key, another waits for it, and then the master that was to take the value is gone.</summary>
public sealed class HandoverTests : IAsyncLifetime
{
    private const string Key = "key";

    private readonly RedisFixture _fixture = new();
    private FlakyProxy _toMaster = null!;
    private readonly TaskCompletionSource<string> _theirs = new();
    private readonly TaskCompletionSource<string> _ours = new();
    private readonly TaskCompletionSource _oursIsAsked = new();
    private readonly TaskCompletionSource _oursIsGivenUp = new();
    private CacheHost _filling = null!;
    private CacheHost _waiting = null!;

    private RedisReplication Redis => _fixture.Redis;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        // What the master's lease is worth while the tests look at something else is not their concern.
        static void Configure(ReplicatedCacheOptions options) => options.LeaseDuration = TimeSpan.FromMinutes(1);
        _filling = await CacheHost.StartAsync(Redis, Configure);
        _toMaster = new FlakyProxy(Redis.Master.Port);
        _waiting = await CacheHost.StartAsync(Redis, Configure, reach: node => node == Redis.Master
            ? node.ConnectionString.Replace($":{node.Port}", $":{_toMaster.Port}", StringComparison.Ordinal)
            : node.ConnectionString);
        await Eventually.HoldsAsync("both listen", async () => (await Task.WhenAll(Redis.Nodes.Select(ListenersAsync))).All(static listeners => listeners == 2));
    }

    public async ValueTask DisposeAsync()
    {
        await _filling.DisposeAsync();
        await _waiting.DisposeAsync();
        await _toMaster.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Who_waits_gets_the_value_though_the_master_died_before_it_was_stored()
    {
        var (theirs, ours) = await BeginAsync();
        await Redis.Master.Process.KillAsync();
        await InTimeAsync(_oursIsAsked.Task);

        _theirs.SetResult("theirs");

        Assert.Equal("theirs", (await InTimeAsync(theirs)).Value);
        Assert.Equal((CacheLevel.Source, "theirs"), await InTimeAsync(ours));
        await InTimeAsync(_oursIsGivenUp.Task);
    }

    [Fact]
    public async Task Who_waits_gets_the_value_and_stores_it_when_another_node_is_the_master_now()
    {
        var (theirs, ours) = await BeginAsync();
        var heir = Redis.Replicas.First();
        await _filling.Services.GetRequiredService<RedisFailover>().PromoteAsync(heir.Name, Cancellation);
        // The lease of the old master is void.
        await InTimeAsync(_oursIsAsked.Task);

        _theirs.SetResult("theirs");

        Assert.Equal("theirs", (await InTimeAsync(theirs)).Value);
        // Handed over, or read: who looked while neither node was the master has no lease, and the one there is stands.
        Assert.Equal("theirs", (await InTimeAsync(ours)).Value);
        await InTimeAsync(_oursIsGivenUp.Task);
        Assert.Equal("theirs", (string?)await heir.ExecuteAsync("GET", Key));
    }

    [Fact]
    public async Task Who_asks_the_source_because_the_master_did_not_answer_leaves_it_when_the_value_is_stored()
    {
        var (theirs, ours) = await BeginAsync();
        _toMaster.IsStalled = true;
        await InTimeAsync(_oursIsAsked.Task);

        _theirs.SetResult("theirs");

        Assert.Equal("theirs", (await InTimeAsync(theirs)).Value);
        Assert.Equal((CacheLevel.Redis, "theirs"), await InTimeAsync(ours));
        await InTimeAsync(_oursIsGivenUp.Task);
    }

    [Fact]
    public async Task Who_waits_does_not_get_what_has_been_removed_since_it_was_asked_for()
    {
        var (theirs, ours) = await BeginAsync();
        await _filling.Cache.RemoveAsync(Key, Cancellation);
        await InTimeAsync(_oursIsAsked.Task);
        await Redis.Master.Process.KillAsync();

        _theirs.SetResult("theirs, from before the removal");
        await theirs;
        await Eventually.HoldsAsync("every replica has passed it on", async () =>
            (await Task.WhenAll(Redis.Replicas.Select(replica => replica.InfoAsync("commandstats")))).All(statistics => statistics.ContainsKey("cmdstat_publish")));
        // Another key is filled meanwhile: whatever has been published has arrived by then.
        await _waiting.Cache.LookupAsync("another", static _ => ValueTask.FromResult(""), cancellationToken: Cancellation);
        _ours.SetResult("ours");

        Assert.Equal((CacheLevel.Source, "ours"), await InTimeAsync(ours));
    }

    private static async Task<long> ListenersAsync(RedisServer node) => (long)((RedisReply[])await node.ExecuteAsync("PUBSUB", "NUMSUB", "app:cache:handover"))[1];

    // The second process waits, and would hear of a removal.
    private async Task<(Task<CacheLookup<string>> Theirs, Task<(CacheLevel Level, string Value)> Ours)> BeginAsync()
    {
        var begun = new TaskCompletionSource();
        var theirs = _filling.Cache.LookupAsync(Key, async _ =>
        {
            begun.SetResult();
            return await _theirs.Task;
        }, cancellationToken: Cancellation).AsTask();
        await begun.Task.WaitAsync(Cancellation);

        var ours = LookUpOursAsync();
        var channel = _waiting.Services.GetRequiredService<ReadChannel>();
        await Eventually.HoldsAsync("the second process waits", () => channel.WaitFor(Key).IsWatched);
        return (theirs, ours);
    }

    private static Task InTimeAsync(Task task) => task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

    private static Task<T> InTimeAsync<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

    private async Task<(CacheLevel Level, string Value)> LookUpOursAsync()
    {
        var lookup = await _waiting.Cache.LookupAsync(Key, async token =>
        {
            _oursIsAsked.SetResult();
            try
            {
                return await _ours.Task.WaitAsync(token);
            }
            catch (OperationCanceledException)
            {
                _oursIsGivenUp.SetResult();
                throw;
            }
        }, cancellationToken: Cancellation);
        return (lookup.Level, lookup.Value);
    }
}
