using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace RedisAspire.Tests.AppHost;

/// <summary>Containers or processes: decided before anything is started, and without waiting for long.</summary>
public sealed class RuntimeChoiceTests
{
    [Theory]
    [InlineData("/bin/true", "", RedisRuntime.Container)]
    [InlineData("/bin/false", "", RedisRuntime.Process)]
    [InlineData("/no/such/program", "", RedisRuntime.Process)]
    [InlineData("/bin/true", "process", RedisRuntime.Process)]
    [InlineData("/bin/true", "container", RedisRuntime.Container)]
    public void Containers_are_used_where_a_runtime_answers_unless_the_setting_says_otherwise(string engine, string setting, RedisRuntime expected) =>
        Assert.Equal(expected, Add(engine, setting).Runtime);

    [Fact]
    public void A_runtime_that_hangs_is_not_waited_for()
    {
        var script = Path.GetTempFileName();
        File.WriteAllText(script, "#!/bin/sh\nsleep 60\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var started = Stopwatch.GetTimestamp();

        Assert.Equal(RedisRuntime.Process, Add(script, "").Runtime);

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30));
        File.Delete(script);
    }

    [Theory]
    [InlineData("/bin/false", "container", "cannot be reached")]
    [InlineData("/bin/true", "vm", "must be 'container' or 'process'")]
    public void What_cannot_be_had_is_refused_with_a_reason(string engine, string setting, string reason) =>
        Assert.Contains(reason, Assert.Throws<DistributedApplicationException>(() => Add(engine, setting)).Message, StringComparison.Ordinal);

    private static RedisReplicationResource Add(string engine, string setting) =>
        AppHostUnderTest.CreateEmpty($"--ASPIRE_CONTAINER_RUNTIME={engine}", $"--Redis:Runtime={setting}").AddRedisReplication("cache").Resource;
}
