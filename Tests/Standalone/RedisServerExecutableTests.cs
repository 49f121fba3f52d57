using RedisAspire.Standalone.Redis;

namespace RedisAspire.Tests.Standalone;

public sealed class RedisServerExecutableTests
{
    [Theory]
    [InlineData("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=ae4d7c971a948f0", 7)]
    [InlineData("Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=a3fdef44459b3ad6", 6)]
    [InlineData("Redis server v=10.1.0 sha=00000000:0", 10)]
    [InlineData("something else", 0)]
    public void The_version_is_read_from_what_the_program_says(string text, int version) =>
        Assert.Equal(version, RedisServerExecutable.MajorVersionIn(text));
}
