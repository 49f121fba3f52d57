using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.Caching.Coherence;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>One process fills a key, and another waits for it.</summary>
/// <param name="peerAddress">Where the processes may ask each other.</param>
public abstract class HandoverScenario(string? peerAddress) : IAsyncLifetime
{
    private protected const string Key = "key";

    private readonly RedisFixture _fixture = new();

    /// <summary>What the source of the first process says.</summary>
    protected TaskCompletionSource<string> Theirs { get; } = new();

    /// <summary>What the source of the second process says.</summary>
    protected TaskCompletionSource<string> Ours { get; } = new();

    /// <summary>Completes when the source of the second process is called.</summary>
    protected TaskCompletionSource OursIsAsked { get; } = new();

    /// <summary>Completes when the second process has left its source.</summary>
    protected TaskCompletionSource OursIsGivenUp { get; } = new();

    private protected CacheHost Filling { get; private set; } = null!;

    private protected CacheHost Waiting { get; private set; } = null!;

    /// <summary>The way of the second process to the master.</summary>
    private protected FlakyProxy ToMaster { get; private set; } = null!;

    private protected RedisReplication Redis => _fixture.Redis;

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        // What the master's lease is worth while the tests look at something else is not their concern.
        void Configure(ReplicatedCacheOptions options)
        {
            options.LeaseDuration = TimeSpan.FromMinutes(1);
            options.PeerAddress = peerAddress;
        }

        Filling = await CacheHost.StartAsync(Redis, Configure);
        ToMaster = new FlakyProxy(Redis.Master.Port);
        Waiting = await CacheHost.StartAsync(Redis, Configure, reach: node => node == Redis.Master
            ? node.ConnectionString.Replace($":{node.Port}", $":{ToMaster.Port}", StringComparison.Ordinal)
            : node.ConnectionString);
        await Eventually.HoldsAsync("both listen", async () => (await Task.WhenAll(Redis.Nodes.Select(ListenersAsync))).All(static listeners => listeners == 2));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Filling.DisposeAsync();
        await Waiting.DisposeAsync();
        await ToMaster.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    private static async Task<long> ListenersAsync(RedisServer node) => (long)(await node.ExecuteAsync("PUBSUB", "NUMSUB", "app:cache:handover"))[1];

    /// <summary>The value cannot be stored, and the second process gets it all the same.</summary>
    /// <param name="accident">Why it cannot.</param>
    protected async Task AssertHandedOverAfterAsync(Func<Task> accident)
    {
        var (theirs, ours) = await BeginAsync();
        await accident();
        await InTimeAsync(OursIsAsked.Task);

        Theirs.SetResult("theirs");

        Assert.Equal("theirs", (await InTimeAsync(theirs)).Value);
        Assert.Equal((CacheLevel.Source, "theirs"), await InTimeAsync(ours));
        await InTimeAsync(OursIsGivenUp.Task);
    }

    // The second process waits, and would hear of a removal.
    private protected async Task<(Task<CacheLookup<string>> Theirs, Task<(CacheLevel Level, string Value)> Ours)> BeginAsync()
    {
        var begun = new TaskCompletionSource();
        var theirs = Filling.Cache.LookupAsync(Key, async _ =>
        {
            begun.SetResult();
            return await Theirs.Task;
        }, cancellationToken: Cancellation).AsTask();
        await begun.Task.WaitAsync(Cancellation);

        var ours = LookUpOursAsync();
        var channel = Waiting.Services.GetRequiredService<ReadChannel>();
        await Eventually.HoldsAsync("the second process waits", () => channel.WaitFor(Key).IsWatched);
        return (theirs, ours);
    }

    private protected static Task InTimeAsync(Task task) => task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

    private protected static Task<T> InTimeAsync<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

    private async Task<(CacheLevel Level, string Value)> LookUpOursAsync()
    {
        var lookup = await Waiting.Cache.LookupAsync(Key, async token =>
        {
            OursIsAsked.SetResult();
            try
            {
                return await Ours.Task.WaitAsync(token);
            }
            catch (OperationCanceledException)
            {
                OursIsGivenUp.SetResult();
                throw;
            }
        }, cancellationToken: Cancellation);
        return (lookup.Level, lookup.Value);
    }
}
