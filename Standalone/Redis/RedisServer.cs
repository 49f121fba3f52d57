using System.Diagnostics;
using System.Globalization;
using RedisAspire.Standalone.Processes;
using StackExchange.Redis;

namespace RedisAspire.Standalone.Redis;

/// <summary>One <c>redis-server</c> process with a configuration file and a data directory of its own.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly string _directory;
    private readonly string _password;
    private readonly RedisServer? _master;
    private readonly ProcessGuardian _guardian;
    private readonly LaunchLog _log;
    private ManagedProcess? _process;
    private Task<IConnectionMultiplexer>? _connection;

    public RedisServer(string name, int port, string dataDirectory, string password, RedisServer? master, ProcessGuardian guardian, LaunchLog log)
    {
        Name = name;
        Port = port;
        _directory = Path.Combine(dataDirectory, name);
        _password = password;
        _master = master;
        _guardian = guardian;
        _log = log;
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>A StackExchange.Redis connection string.</summary>
    public string ConnectionString => $"127.0.0.1:{Port},password={_password}";

    /// <summary>The running process.</summary>
    /// <exception cref="InvalidOperationException">It has never been started.</exception>
    public ManagedProcess Process => _process ?? throw new InvalidOperationException($"{Name} has not been started.");

    /// <summary>Starts the process, or starts it again with the data it had.</summary>
    public async Task StartAsync()
    {
        if (_process is { IsRunning: true })
            return;
        if (_process is not null)
            await _process.DisposeAsync();

        Directory.CreateDirectory(_directory);
        var configuration = Path.Combine(_directory, "redis.conf");
        WriteSecret(configuration, Configuration());
        _process = ManagedProcess.Start(Name, new ProcessStartInfo(RedisServerExecutable.Find(), [configuration]) { WorkingDirectory = _directory }, _guardian, _log);
    }

    /// <summary>Waits until the node answers, has loaded its data and, if a replica, is in touch with its master.</summary>
    /// <exception cref="LaunchException">It ended, or did not become ready in 30 seconds.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (!Process.IsRunning)
                throw await Process.DescribeEndAsync();
            if (await IsReadyAsync(cancellationToken))
                return;
            if (Stopwatch.GetElapsedTime(started) > StartTimeout)
                throw new LaunchException($"{Name} on port {Port} is not ready after {StartTimeout.TotalSeconds} s.");
            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>A connection to the node, made once.</summary>
    public Task<IConnectionMultiplexer> ConnectAsync() => _connection ??= OpenAsync();

    /// <summary>Asks the node a command.</summary>
    public async Task<RedisResult> ExecuteAsync(string command, params object[] arguments) =>
        await (await ConnectAsync()).GetDatabase().ExecuteAsync(command, arguments);

    /// <summary>The fields of one section of <c>INFO</c>.</summary>
    public async Task<IReadOnlyDictionary<string, string>> InfoAsync(string section)
    {
        var connection = await ConnectAsync();
        var text = await connection.GetServer(connection.GetEndPoints()[0]).InfoRawAsync(section) ?? "";
        return text.Split('\n', StringSplitOptions.TrimEntries)
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { IsCompletedSuccessfully: true } connection)
            (await connection).Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
        Ports.Release(Port);
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using (var probe = new System.Net.Sockets.TcpClient())
                await probe.ConnectAsync("127.0.0.1", Port, cancellationToken);

            var replication = await InfoAsync("replication").WaitAsync(cancellationToken);
            var persistence = await InfoAsync("persistence").WaitAsync(cancellationToken);
            return persistence["loading"] == "0"
                && (_master is null || replication.GetValueOrDefault("master_link_status") == "up");
        }
        catch (Exception notYet) when (notYet is System.Net.Sockets.SocketException or RedisException or TimeoutException or KeyNotFoundException)
        {
            return false;
        }
    }

    private async Task<IConnectionMultiplexer> OpenAsync()
    {
        var options = ConfigurationOptions.Parse(ConnectionString);
        options.AbortOnConnectFail = false;
        options.AllowAdmin = true;
        options.ConnectTimeout = 1000;
        options.ReconnectRetryPolicy = new LinearRetry(100);
        options.TieBreaker = "";
        options.ConfigurationChannel = "";
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    private string Configuration()
    {
        // volatile-lru: the product catalogue has no time to live and must never be evicted.
        // appendonly: a master without persistence that restarts by itself empties its replicas.
        var text = string.Create(CultureInfo.InvariantCulture,
            $"""
            bind 127.0.0.1
            port {Port}
            dir "{_directory}"
            requirepass "{_password}"
            masterauth "{_password}"
            maxmemory 256mb
            maxmemory-policy volatile-lru
            appendonly yes
            appendfsync everysec
            save ""
            repl-diskless-sync yes
            repl-diskless-sync-delay 0
            replica-serve-stale-data yes

            """);
        return _master is null ? text : $"{text}replicaof 127.0.0.1 {_master.Port}\n";
    }

    private static void WriteSecret(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}
