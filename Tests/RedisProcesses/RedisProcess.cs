using System.Diagnostics;
using RedisAspire.Hosting;
using StackExchange.Redis;

namespace RedisAspire.RedisProcesses;

/// <summary>A <c>redis-server</c> process on loopback, with a configuration file and a directory of its own.</summary>
internal abstract class RedisProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly RedisUser _user;
    private readonly ProcessGuardian _guardian;
    private ManagedProcess? _process;

    /// <summary>Prepares a process.</summary>
    /// <param name="name">Its name, also its directory's.</param>
    /// <param name="dataDirectory">Where the directory is.</param>
    /// <param name="users">Who may do what.</param>
    /// <param name="user">Who we are when we ask it commands.</param>
    /// <param name="guardian">Ends it when we cannot.</param>
    protected RedisProcess(string name, string dataDirectory, RedisUsers users, RedisUser user, ProcessGuardian guardian)
    {
        Name = name;
        Port = FreePorts.Take(preferred: null);
        Place = RedisPlace.OnLoopback(Port, Path.Combine(dataDirectory, name));
        ConnectionString = $"127.0.0.1:{Port},password={users.Application.Password}";
        _user = user;
        _guardian = guardian;
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>Where it listens and keeps its data.</summary>
    public RedisPlace Place { get; }

    /// <summary>A StackExchange.Redis connection string.</summary>
    public string ConnectionString { get; }

    /// <summary>The running process.</summary>
    /// <exception cref="InvalidOperationException">It has never been started.</exception>
    public ManagedProcess Process => _process ?? throw new InvalidOperationException($"{Name} has not been started.");

    /// <summary>Whether there is a process now; a paused one too.</summary>
    public bool IsRunning => _process is { IsRunning: true };

    /// <summary>Starts the process, or starts it again with what it had. Does nothing while it runs.</summary>
    /// <exception cref="LaunchException">The program cannot be started.</exception>
    public abstract Task StartAsync();

    /// <summary>Waits until the process answers.</summary>
    /// <exception cref="LaunchException">It ended, or does not answer after 30 seconds.</exception>
    public Task WaitUntilAnsweringAsync(CancellationToken cancellationToken) =>
        WaitUntilAsync(async () => (string?)await ExecuteAsync("PING") == "PONG", cancellationToken);

    /// <summary>Asks a command, as somebody who may do everything.</summary>
    /// <exception cref="RedisException">It is refused, or not answered.</exception>
    public async Task<RedisResult> ExecuteAsync(string command, params object[] arguments)
    {
        await using var client = await RedisClient.ConnectAsync(Port, _user);
        return await client.ExecuteAsync(command, arguments);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        FreePorts.Release(Port);
    }

    /// <summary>Starts <c>redis-server</c> with a configuration file in its directory.</summary>
    protected async Task RunAsync(string configuration, params string[] arguments)
    {
        if (_process is not null)
            await _process.DisposeAsync();
        var start = new ProcessStartInfo("redis-server", [configuration, .. arguments]) { WorkingDirectory = Place.Directory };
        _process = ManagedProcess.Start(Name, start, _guardian);
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
        catch (RedisException)
        {
            return false;
        }
    }
}
