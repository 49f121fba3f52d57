using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using RedisAspire.Standalone;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Standalone;

/// <summary>The program as a user starts it: a process of its own, with arguments and signals.</summary>
public sealed partial class CommandLineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_demo_verifies_the_workshop_and_ends_with_0()
    {
        using var demo = Start("demo", "--ttl", "3", "--replicas", "2");

        await demo.EndAsync();

        Assert.True(demo.Process.ExitCode == 0, demo.Output);
        Assert.Contains("redis-replica-2: role slave", demo.Output);
        Assert.Matches(@"redis-sentinel-3 on port \d+: the master is 127\.0\.0\.1:\d+", demo.Output);
        Assert.Contains("1000 SETs", demo.Output);
        Assert.Matches(@"ok   redis-replica-2: \d+ keys", demo.Output);
        Assert.Contains("(more than 95 %)", demo.Output);
        Assert.Contains("foo has expired on the master", demo.Output);
        Assert.Contains(" checks passed, 0 failed.", demo.Output);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task A_signal_ends_the_application_and_everything_it_started(string signal)
    {
        using var application = await StartedAsync();
        var ports = application.Ports();

        using (var kill = Process.Start("kill", [$"-{signal}", $"{application.Process.Id}"]))
            await kill.WaitForExitAsync(Cancellation);
        await application.EndAsync();

        Assert.True(application.Process.ExitCode == 0, application.Output);
        foreach (var port in ports)
            Assert.False(await Port.IsListeningAsync(port), $"Something still listens on {port}.");
    }

    [Fact]
    public async Task Nothing_is_left_running_when_the_application_itself_is_killed()
    {
        using var application = await StartedAsync();
        var ports = application.Ports();

        application.Process.Kill();
        await application.EndAsync();

        foreach (var port in ports)
            await Eventually.HoldsAsync($"nothing listens on {port}", async () => !await Port.IsListeningAsync(port));
    }

    [Theory]
    [InlineData("--replicas", "-1")]
    [InlineData("--port", "70000")]
    [InlineData("--api", "many")]
    [InlineData("--sentinels", "10")]
    [InlineData("--redis-password", "a,b")]
    [InlineData("--admin-key", "a b")]
    [InlineData("--colour", "blue")]
    public async Task A_bad_option_is_refused_with_a_reason(string option, string value)
    {
        using var refused = Start(option, value);

        await refused.EndAsync();

        Assert.Equal(1, refused.Process.ExitCode);
        Assert.Contains(option, refused.Output);
    }

    // The program where it was built, with everything it needs beside it.
    private static string Program()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, "Standalone", own.Name, Path.GetFileName(typeof(LaunchOptions).Assembly.Location));
    }

    private static async Task<Started> StartedAsync()
    {
        var data = Directory.CreateTempSubdirectory("redisaspire-test-").FullName;
        var application = Start("--port", "0", "--api-port", "0", "--redis-port", "0", "--replicas", "1", "--sentinels", "1", "--sentinel-port", "0", "--data", data);
        application.Directory = data;
        await Eventually.HoldsAsync("the application is ready", () =>
        {
            Assert.False(application.Process.HasExited, application.Output);
            return application.Output.Contains("Ctrl-C ends everything.", StringComparison.Ordinal);
        }, TimeSpan.FromSeconds(60));
        return application;
    }

    private static Started Start(params string[] arguments)
    {
        // A test run in the background ignores some signals, and what it starts would inherit that.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT,HUP", "dotnet"] : ["env", "dotnet"];
        var start = new ProcessStartInfo(command[0], [.. command[1..], Program(), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new Started(Process.Start(start)!);
    }

    private sealed partial class Started : IDisposable
    {
        private readonly StringBuilder _output = new();

        public Started(Process process)
        {
            Process = process;
            process.OutputDataReceived += (_, line) => Append(line.Data);
            process.ErrorDataReceived += (_, line) => Append(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        public Process Process { get; }

        public string? Directory { get; set; }

        public string Output
        {
            get
            {
                lock (_output)
                    return _output.ToString();
            }
        }

        public Task EndAsync() => Process.WaitForExitAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

        /// <summary>Every port in the summary.</summary>
        public int[] Ports()
        {
            var summary = Output.Split("RedisAspire is ready.")[1].Split("Ctrl-C")[0];
            var ports = PortPattern().Matches(summary).Select(match => int.Parse(match.Groups[1].Value)).Distinct().ToArray();
            Assert.Equal(6, ports.Length);
            return ports;
        }

        public void Dispose()
        {
            if (!Process.HasExited)
                Process.Kill(entireProcessTree: true);
            Process.Dispose();
            if (Directory is not null)
                System.IO.Directory.Delete(Directory, recursive: true);
        }

        private void Append(string? line)
        {
            lock (_output)
                _output.AppendLine(line);
        }

        [GeneratedRegex(@"(?:localhost:|127.0.0.1:|redis-cli -p )(\d+)")]
        private static partial Regex PortPattern();
    }
}
