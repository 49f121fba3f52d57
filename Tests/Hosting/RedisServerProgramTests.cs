using RedisAspire.Hosting;

namespace RedisAspire.Tests.Hosting;

public sealed class RedisServerProgramTests
{
    [Theory]
    [InlineData("Redis server v=6.2.14 sha=00000000:0 malloc=jemalloc-5.1.0 bits=64 build=b0ed9e8bd8d0d0e1")]
    [InlineData("Redis server v=5.0.3 sha=00000000:0")]
    public void A_server_that_is_older_than_7_is_refused(string version) =>
        Assert.StartsWith("is too old: Redis 7 or newer is needed. It is: ", RedisServerProgram.RefusalOf(version), StringComparison.Ordinal);

    [Theory]
    [InlineData("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=b70a8f1a4b3a8b5e")]
    [InlineData("Redis server v=8.6.0 sha=00000000:0")]
    [InlineData("Redis server v=10.1.0 sha=00000000:0")]
    [InlineData("Valkey server v=8.0.1 sha=00000000:0")]
    [InlineData("of which nothing is known")]
    public void A_newer_one_and_one_that_cannot_be_understood_is_not(string version) => Assert.Null(RedisServerProgram.RefusalOf(version));
}
