using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.AppHost;

/// <summary>The app host as a program of its own, as <c>./run</c> starts it, with Redis as processes.</summary>
internal sealed partial class AppHostProgram : IAsyncDisposable
{
    private readonly ProcessGuardian _guardian = new();
    private readonly StringBuilder _output = new();
    private readonly Lock _lock = new();

    private AppHostProgram(string[] arguments)
    {
        // Built beside the tests: artifacts/bin/{project}/{configuration}/.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(own.Parent!.Parent!.FullName, "AppHost", own.Name, "RedisAspire.AppHost.dll");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, .. arguments])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "AppHost"),
            Environment = { ["DOTNET_ENVIRONMENT"] = "Development", ["Redis__Runtime"] = "process", ["SlowDatabase__Latency"] = "00:00:00.050" },
        };
        Process = ManagedProcess.Start("the app host", start, _guardian, Hear);
    }

    /// <summary>The process.</summary>
    public ManagedProcess Process { get; }

    /// <summary>All it has written.</summary>
    public string Output
    {
        get
        {
            lock (_lock)
                return _output.ToString();
        }
    }

    /// <summary>What a request must carry that changes or breaks something.</summary>
    public string AdminKey => Rows["Admin key"];

    /// <summary>Where the API is.</summary>
    public Uri Api => new(Rows["API"]);

    /// <summary>Where the web page is.</summary>
    public Uri Web => new(Rows["Web page"]);

    /// <summary>Role and port of every node and sentinel, as the summary says them.</summary>
    public IReadOnlyDictionary<string, (string Role, int Port)> Members => Rows.Where(row => row.Key.StartsWith("redis-", StringComparison.Ordinal))
        .ToDictionary(row => row.Key, row => (row.Value.Split(' ')[0], int.Parse(row.Value.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>The password of the services at every node and sentinel.</summary>
    public string Password => Rows["redis-master"].Split('\'')[1];

    /// <summary>Types the summary's line for a node or sentinel at a shell, with <c>ping</c> behind it.</summary>
    /// <returns>The answer.</returns>
    public async Task<string> TypeAsync(string member)
    {
        var line = Rows[member][Members[member].Role.Length..].Trim();
        using var shell = System.Diagnostics.Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{line} ping"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var answer = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        return answer.Trim();
    }

    private Dictionary<string, string> Rows => RowPattern().Matches(Output[Output.IndexOf("Everything is up.", StringComparison.Ordinal)..])
        .ToDictionary(match => match.Groups["label"].Value.Trim(), match => match.Groups["value"].Value.Trim(), StringComparer.Ordinal);

    /// <summary>Runs the program until it ends by itself.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        await using var program = new AppHostProgram(arguments);
        var exitCode = await program.Process.Exited.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
        await program.Process.DisposeAsync();
        return (exitCode, program.Output);
    }

    /// <summary>Starts the program and waits until everything is up.</summary>
    public static async Task<AppHostProgram> StartAsync(params string[] arguments)
    {
        var program = new AppHostProgram(["--no-dashboard", .. arguments]);
        try
        {
            await Eventually.HoldsAsync("everything is up", () => !program.Process.IsRunning || program.Output.Contains("Ctrl-C ends everything.", StringComparison.Ordinal));
            Assert.True(program.Process.IsRunning, program.Output);
            return program;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _guardian.Dispose();
    }

    private void Hear(string line)
    {
        lock (_lock)
            _output.AppendLine(line);
    }

    [GeneratedRegex("^  (?<label>[A-Za-z].{17})(?<value>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RowPattern();
}
