namespace RedisAspire.Tests.Support;

/// <summary>A Redis master with replicas that three sentinels watch.</summary>
public sealed class SentinelFixture : RedisFixture
{
    protected override int Sentinels => 3;
}
