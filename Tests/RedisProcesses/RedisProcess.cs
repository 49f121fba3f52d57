using System.Diagnostics;
using RedisAspire.Hosting;
using StackExchange.Redis;

namespace RedisAspire.RedisProcesses;

/// <summary>A node or sentinel as a <c>redis-server</c> process on loopback.</summary>
/// <param name="name">Its name.</param>
/// <param name="port">Where it listens.</param>
/// <param name="users">Who may do what.</param>
/// <param name="user">Who we are when we ask it commands.</param>
/// <param name="runner">What it runs under.</param>
internal abstract class RedisProcess(string name, int port, RedisUsers users, RedisUser user, IRedisRunner runner)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    public string Name { get; } = name;

    public int Port { get; } = port;

    /// <summary>A StackExchange.Redis connection string.</summary>
    public string ConnectionString { get; } = $"127.0.0.1:{port},password={users.Application.Password}";

    /// <summary>The running process.</summary>
    /// <exception cref="InvalidOperationException">It has never been started.</exception>
    public ManagedProcess Process => runner.ProcessOf(this) ?? throw new InvalidOperationException($"{Name} has not been started.");

    /// <summary>Whether there is a process now; a paused one too.</summary>
    public bool IsRunning => runner.ProcessOf(this) is { IsRunning: true };

    /// <summary>Starts the process, or starts it again with what it had. Does nothing while it runs.</summary>
    /// <exception cref="LaunchException">The program cannot be started.</exception>
    public Task StartAsync() => IsRunning ? Task.CompletedTask : runner.StartAsync(this);

    /// <summary>Waits until the process answers.</summary>
    /// <exception cref="LaunchException">It ended, or does not answer after 30 seconds.</exception>
    public Task WaitUntilAnsweringAsync(CancellationToken cancellationToken) =>
        WaitUntilAsync(async () => (string?)await ExecuteAsync("PING") == "PONG", cancellationToken);

    /// <summary>Asks a command, as somebody who may do everything.</summary>
    /// <exception cref="RedisException">It is refused, or not answered.</exception>
    public async Task<RedisResult> ExecuteAsync(string command, params object[] arguments)
    {
        await using var client = await RedisClient.ConnectAsync(Port, user);
        return await client.ExecuteAsync(command, arguments);
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
