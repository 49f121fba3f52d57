using RedisAspire.Standalone;
using RedisAspire.Standalone.Processes;
using RedisAspire.Standalone.Redis;

namespace RedisAspire.Tests.Support;

/// <summary>A Redis master with replicas, as real processes on free ports, for the tests that share it.</summary>
public class RedisFixture : IAsyncLifetime
{
    private readonly ProcessGuardian _guardian = new();
    private readonly DataDirectory _data = DataDirectory.CreateTemporary();

    internal RedisReplication Redis { get; private set; } = null!;

    /// <summary>How many sentinels watch the nodes.</summary>
    protected virtual int Sentinels => 0;

    public async ValueTask InitializeAsync()
    {
        Redis = await RedisReplication.StartAsync(
            new RedisReplicationOptions { Replicas = 2, Port = 0, Sentinels = Sentinels, SentinelPort = 0, Password = "test-password", DataDirectory = _data.Path },
            _guardian, LaunchLog.Silent, TestContext.Current.CancellationToken);
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
