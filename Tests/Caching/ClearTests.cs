using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

// A fixture of its own: emptying the cache would empty other tests' too.
public sealed class ClearTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clearing_removes_what_expires_and_nothing_else()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis, options => options.ReservedPrefixes.Add("app:"));
        var master = fixture.Redis.Master;
        for (var i = 0; i < 1200; i++)
            await master.ExecuteAsync("SETEX", $"cached:{i}", 600, "value");
        await master.ExecuteAsync("SET", "for-ever", "value");
        await master.ExecuteAsync("SETEX", "app:session", 60, "value");

        var removed = await host.Cache.ClearAsync("", Cancellation);

        Assert.Equal(1200, removed);
        Assert.Equal(2, (long)await master.ExecuteAsync("DBSIZE"));
        Assert.Equal(2, (long)await master.ExecuteAsync("EXISTS", "for-ever", "app:session"));
    }

    [Fact]
    public async Task Clearing_with_a_prefix_leaves_other_keys_alone()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis, options => options.KeyPrefix = "*shop[:");
        await host.Cache.SetAsync("mine", "value", cancellationToken: Cancellation);
        await fixture.Redis.Master.ExecuteAsync("SETEX", "1shop[:theirs", 60, "value");

        Assert.Equal(1, await host.Cache.ClearAsync(Cancellation));
        Assert.Equal(1, (long)await fixture.Redis.Master.ExecuteAsync("DEL", "1shop[:theirs"));
    }
}
