using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using RedisAspire.Hosting;

namespace RedisAspire.Tests.Hosting;

/// <summary>Containers or processes: decided before anything is started, and without waiting for long.</summary>
public sealed class RuntimeChoiceTests
{
    [Theory]
    [InlineData("/bin/true", "", RedisRuntime.Container)]
    [InlineData("/bin/false", "", RedisRuntime.Process)]
    [InlineData("/no/such/program", "", RedisRuntime.Process)]
    [InlineData("/bin/true", "process", RedisRuntime.Process)]
    [InlineData("/bin/true", "container", RedisRuntime.Container)]
    public async Task Containers_are_used_where_a_runtime_answers_unless_the_setting_says_otherwise(string engine, string setting, RedisRuntime expected) =>
        Assert.Equal(expected, (await MakeAsync(engine, setting)).Runtime);

    [Theory]
    [InlineData(RedisRuntime.Process, "", RedisRuntime.Process)]
    [InlineData(RedisRuntime.Process, "container", RedisRuntime.Container)]
    [InlineData(RedisRuntime.Container, "", RedisRuntime.Container)]
    [InlineData(RedisRuntime.Container, "process", RedisRuntime.Process)]
    public async Task The_app_host_decides_unless_the_setting_overrules_it(RedisRuntime wanted, string setting, RedisRuntime expected) =>
        Assert.Equal(expected, (await MakeAsync("/bin/true", setting, wanted)).Runtime);

    [Fact]
    public async Task A_runtime_that_hangs_is_not_waited_for()
    {
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, "#!/bin/sh\nsleep 60\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var started = Stopwatch.GetTimestamp();

        Assert.Equal(RedisRuntime.Process, (await MakeAsync(script, "")).Runtime);

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30));
        File.Delete(script);
    }

    [Theory]
    [InlineData("/bin/false", "container", "cannot be reached")]
    [InlineData("/bin/true", "vm", "must be 'container' or 'process'")]
    public async Task What_cannot_be_had_is_refused_with_a_reason(string engine, string setting, string reason) =>
        Assert.Contains(reason, (await Assert.ThrowsAsync<DistributedApplicationException>(() => MakeAsync(engine, setting))).Message, StringComparison.Ordinal);

    private static Task<RedisRuntimeChoice> MakeAsync(string engine, string setting, RedisRuntime? wanted = null) => RedisRuntimeChoice.MakeAsync(
        new ConfigurationBuilder().AddInMemoryCollection([new("ASPIRE_CONTAINER_RUNTIME", engine), new(RedisRuntimeChoice.Setting, setting)]).Build(),
        wanted, TestContext.Current.CancellationToken);
}
