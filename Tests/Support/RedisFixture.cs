using RedisAspire.RedisProcesses;

namespace RedisAspire.Tests.Support;

/// <summary>A Redis master with replicas, as real processes on free ports, for the tests that share it.</summary>
public class RedisFixture : IAsyncLifetime
{
    private readonly ProcessGuardian _guardian = new();
    private readonly TemporaryDirectory _data = new();

    internal RedisReplication Redis { get; private set; } = null!;

    /// <summary>How many sentinels watch the nodes.</summary>
    protected virtual int Sentinels => 0;

    public async ValueTask InitializeAsync()
    {
        Redis = await RedisReplication.StartAsync(
            new RedisReplicationOptions { Sentinels = Sentinels, Password = "test-password", DataDirectory = _data.Path },
            _guardian, TestContext.Current.CancellationToken);
        // So that there is something to wait for.
        await Redis.Master.ExecuteAsync("FLUSHALL");
        await Redis.WaitForReplicasAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        _guardian.Dispose();
        _data.Dispose();
        GC.SuppressFinalize(this);
    }
}
