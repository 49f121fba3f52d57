using RedisAspire.Caching.Store;
using StackExchange.Redis;

namespace RedisAspire.Tests.Caching;

/// <summary>One ROLE for the writes of many callers.</summary>
public sealed class MasterOffsetTests
{
    private readonly List<TaskCompletionSource<Role>> _asked = [];
    private readonly MasterOffset _offset;

    public MasterOffsetTests() => _offset = new MasterOffset(() =>
    {
        var asked = new TaskCompletionSource<Role>();
        _asked.Add(asked);
        return asked.Task;
    });

    [Fact]
    public async Task Writes_during_one_ROLE_share_the_next_one()
    {
        var first = _offset.ReadAsync();
        var others = Enumerable.Range(0, 10).Select(_ => _offset.ReadAsync()).ToArray();
        Assert.Single(_asked);

        _asked[0].SetException(new IOException("slow"));
        await Assert.ThrowsAsync<IOException>(() => first);
        Assert.Equal(2, _asked.Count);
        Assert.All(others, other => Assert.False(other.IsCompleted));

        // This write was sent after the second ROLE, so that one does not include it.
        var late = _offset.ReadAsync();
        _asked[1].SetException(new IOException("gone"));
        foreach (var other in others)
            await Assert.ThrowsAsync<IOException>(() => other);
        Assert.Equal(3, _asked.Count);
        Assert.False(late.IsCompleted);
    }

    [Fact]
    public async Task A_write_after_the_last_ROLE_sends_its_own()
    {
        var first = _offset.ReadAsync();
        _asked[0].SetException(new IOException("slow"));
        await Assert.ThrowsAsync<IOException>(() => first);

        _ = _offset.ReadAsync();

        Assert.Equal(2, _asked.Count);
    }
}
