using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisAspire.Hosting;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.AppHost;

namespace RedisAspire.Tests.Hosting;

/// <summary>Two runs never keep data in the same place.</summary>
public sealed class RedisDirectoriesTests : IDisposable
{
    private readonly string _name = $"test-{Guid.NewGuid():N}"[..20];
    private readonly TemporaryDirectory _temporary = new();
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public void Dispose()
    {
        foreach (var directory in _used)
            Directory.Delete(directory, recursive: true);
        _temporary.Dispose();
    }

    [Fact]
    public void The_same_checkout_twice_has_two_directories_and_the_first_again_when_it_is_free()
    {
        var redis = Add(redis => redis.WithDataVolume());
        using var first = new RedisDirectories();
        using var second = new RedisDirectories();

        first.Open(redis, "/one");
        second.Open(redis, "/one");

        Assert.Equal((1, 2), (first.NumberOf(redis), second.NumberOf(redis)));
        Assert.NotEqual(DataOf(first, redis), DataOf(second, redis));
        first.Dispose();
        using var third = new RedisDirectories();
        third.Open(redis, "/one");
        Assert.Equal(1, third.NumberOf(redis));
    }

    [Fact]
    public void Another_checkout_has_another_directory()
    {
        var redis = Add(redis => redis.WithDataVolume());
        using var one = new RedisDirectories();
        using var other = new RedisDirectories();

        one.Open(redis, "/one");
        other.Open(redis, "/other");

        Assert.Equal((1, 1), (one.NumberOf(redis), other.NumberOf(redis)));
        Assert.NotEqual(DataOf(one, redis), DataOf(other, redis));
    }

    [Fact]
    public void A_directory_that_was_asked_for_is_refused_while_it_is_in_use()
    {
        var redis = Add(redis => redis.WithDataBindMount(_temporary.Path));
        using var first = new RedisDirectories();
        using var second = new RedisDirectories();
        first.Open(redis, "/one");

        var refusal = Assert.Throws<DistributedApplicationException>(() => second.Open(redis, "/one"));

        Assert.Contains("is in use by another run", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_master_is_remembered_with_the_data()
    {
        var redis = Add(redis => redis.WithDataBindMount(_temporary.Path));
        using (var first = new RedisDirectories())
        {
            first.Open(redis, "/one");
            Assert.Null(first.LastMasterOf(redis));
            first.RememberMaster(redis, "redis-replica-2");
        }

        using var second = new RedisDirectories();
        second.Open(redis, "/one");
        Assert.Equal("redis-replica-2", second.LastMasterOf(redis));
    }

    private RedisReplicationResource Add(Action<IResourceBuilder<RedisReplicationResource>> configure)
    {
        var redis = AppHostUnderTest.CreateEmpty("--Redis:Runtime=process").AddRedisReplication(_name);
        configure(redis);
        return redis.Resource;
    }

    private string DataOf(RedisDirectories directories, RedisReplicationResource redis)
    {
        var data = directories.DataOf(redis, redis.Members[0]);
        // Of this checkout, below all of its runs.
        _used.Add(Path.GetFullPath(Path.Combine(data, "..", "..")));
        return data;
    }
}
