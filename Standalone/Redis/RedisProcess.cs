using System.Diagnostics;
using RedisAspire.Hosting;
using RedisAspire.Standalone.Processes;

namespace RedisAspire.Standalone.Redis;

/// <summary>A <c>redis-server</c> process on loopback, with a configuration file and a directory of its own.</summary>
internal abstract class RedisProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly RedisUser _operator;
    private readonly ProcessGuardian _guardian;
    private readonly LaunchLog _log;
    private ManagedProcess? _process;

    /// <summary>Prepares a process.</summary>
    /// <param name="name">Its name, also its directory's.</param>
    /// <param name="port">The port it listens on. The process gives it back in the end.</param>
    /// <param name="dataDirectory">Where the directory is.</param>
    /// <param name="password">The services' password.</param>
    /// <param name="operator">Who we are when we ask it commands.</param>
    /// <param name="guardian">Ends it when we cannot.</param>
    /// <param name="log">Where its output goes.</param>
    protected RedisProcess(
        string name, int port, string dataDirectory, string password, RedisUser @operator, ProcessGuardian guardian, LaunchLog log)
    {
        Name = name;
        Port = port;
        DataDirectory = Path.Combine(dataDirectory, name);
        ConnectionString = $"127.0.0.1:{port},password={password}";
        _operator = @operator;
        _guardian = guardian;
        _log = log;
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>A StackExchange.Redis connection string.</summary>
    public string ConnectionString { get; }

    /// <summary>The running process.</summary>
    /// <exception cref="InvalidOperationException">It has never been started.</exception>
    public ManagedProcess Process => _process ?? throw new InvalidOperationException($"{Name} has not been started.");

    /// <summary>Whether there is a process now; a paused one too.</summary>
    public bool IsRunning => _process is { IsRunning: true };

    /// <summary>The directory of this process.</summary>
    protected string DataDirectory { get; }

    /// <summary>Starts the process, or starts it again with what it had. Does nothing while it runs.</summary>
    /// <exception cref="LaunchException">The program cannot be started.</exception>
    public abstract Task StartAsync();

    /// <summary>Waits until the process answers.</summary>
    /// <exception cref="LaunchException">It ended, or does not answer after 30 seconds.</exception>
    public Task WaitUntilAnsweringAsync(CancellationToken cancellationToken) =>
        WaitUntilAsync(async () => (string?)await ExecuteAsync("PING") == "PONG", cancellationToken);

    /// <summary>Asks a command, as somebody who may do everything.</summary>
    /// <exception cref="RedisCommandException">It is refused, or not answered.</exception>
    public async Task<RedisReply> ExecuteAsync(string command, params object[] arguments)
    {
        await using var client = await RedisClient.ConnectAsync(Port, _operator);
        return await client.ExecuteAsync(command, arguments);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Ports.Release(Port);
    }

    /// <summary>Starts <c>redis-server</c> with a configuration file in its directory.</summary>
    protected async Task RunAsync(string configuration, params string[] arguments)
    {
        if (_process is not null)
            await _process.DisposeAsync();
        var start = new ProcessStartInfo(RedisServerExecutable.Find(), [configuration, .. arguments]) { WorkingDirectory = DataDirectory };
        _process = ManagedProcess.Start(Name, start, _guardian, _log);
    }

    /// <summary>Writes a configuration file that only we and the process can read.</summary>
    protected void WriteConfiguration(string path, string text)
    {
        Directory.CreateDirectory(DataDirectory);
        if (OperatingSystem.IsWindows())
        {
            File.WriteAllText(path, text);
            return;
        }

        // Redis makes the file readable for all when it rewrites it, so the directory has to be closed.
        File.SetUnixFileMode(DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Delete(path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }

    /// <summary>Waits until a condition holds; a command that is refused or not answered counts as not yet.</summary>
    /// <exception cref="LaunchException">The process ended, or the condition does not hold after 30 seconds.</exception>
    protected async Task WaitUntilAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (!Process.IsRunning)
                throw await Process.DescribeEndAsync();
            if (await HoldsAsync(condition).WaitAsync(cancellationToken))
                return;
            if (Stopwatch.GetElapsedTime(started) > StartTimeout)
                throw new LaunchException($"{Name} on port {Port} is not ready after {StartTimeout.TotalSeconds} s.");
            await Task.Delay(20, cancellationToken);
        }
    }

    private static async Task<bool> HoldsAsync(Func<Task<bool>> condition)
    {
        try
        {
            return await condition();
        }
        catch (RedisCommandException)
        {
            return false;
        }
    }
}
