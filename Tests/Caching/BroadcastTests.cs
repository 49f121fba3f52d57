using RedisAspire.Caching;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>The near cache when the node reports every change of a key with the prefix, whether it was read or not.</summary>
public sealed class BroadcastTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private CacheHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await CacheHost.StartAsync(fixture.Redis, options =>
        {
            options.IsBroadcastTracking = true;
            options.KeyPrefix = "shop:";
        });
        await Eventually.HoldsAsync("the near cache is on", () => _host.Near.IsOn);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("SET", "changed")]
    [InlineData("PEXPIRE", "60000")]
    [InlineData("PERSIST", null)]
    [InlineData("UNLINK", null)]
    public async Task A_change_by_somebody_else_ends_what_is_near(string command, string? argument)
    {
        var key = $"{command}-{Guid.NewGuid():N}";
        await NearAsync(key);

        await fixture.Redis.Master.ExecuteAsync(command, argument is null ? [$"shop:{key}"] : [$"shop:{key}", argument]);

        await Eventually.HoldsAsync("it is read anew", async () => (await LookUpAsync(key)).Level != CacheLevel.Near);
        // The value that filled it is announced as well, and may end it before the change is there.
        var expected = command == "SET" ? "changed" : "value";
        await Eventually.HoldsAsync("what is there now is near", async () => await LookUpAsync(key) is { Level: CacheLevel.Near } lookup && lookup.Value == expected);
    }

    [Fact]
    public async Task Own_writes_are_seen_at_once()
    {
        for (var i = 0; i < 50; i++)
        {
            await _host.Cache.SetAsync("own", $"{i}", cancellationToken: Cancellation);
            Assert.Equal($"{i}", (await LookUpAsync("own")).Value);
        }
    }

    [Fact]
    public async Task All_callers_share_a_fill()
    {
        var calls = 0;
        var lookups = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _host.Cache.LookupAsync("shared", async token =>
        {
            Interlocked.Increment(ref calls);
            await Task.Delay(50, token);
            return "value";
        }, cancellationToken: Cancellation).AsTask()));

        Assert.All(lookups, lookup => Assert.Equal("value", lookup.Value));
        Assert.Equal(1, calls);
    }

    private Task NearAsync(string key) => Eventually.HoldsAsync("the value is near", async () => (await LookUpAsync(key)).Level == CacheLevel.Near);

    private ValueTask<CacheLookup<string>> LookUpAsync(string key) => _host.Cache.LookupAsync(key, _ => ValueTask.FromResult("value"), cancellationToken: Cancellation);
}
