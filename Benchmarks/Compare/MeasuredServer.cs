using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using RedisAspire.Benchmarks.Peers;
using RedisAspire.Hosting;
using RedisAspire.RedisProcesses;

namespace RedisAspire.Benchmarks.Compare;

/// <summary>A server in processes of its own, and the processor time that they have taken.</summary>
internal sealed class MeasuredServer : IAsyncDisposable
{
    private const string BootingWorker = "Booting worker with pid: ";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly ConcurrentBag<int> _workers = [];
    private readonly ManagedProcess _process;

    private MeasuredServer(string name, Uri url, ProcessStartInfo start, ProcessGuardian guardian)
    {
        Url = url;
        // gunicorn's processes that answer are the children of the one that is started here.
        _process = ManagedProcess.Start(name, start, guardian, line =>
        {
            if (line.IndexOf(BootingWorker, StringComparison.Ordinal) is var at and >= 0)
                _workers.Add(int.Parse(line.AsSpan(at + BootingWorker.Length), CultureInfo.InvariantCulture));
        });
    }

    public Uri Url { get; }

    /// <summary>What all processes that answer have taken of the processors.</summary>
    public TimeSpan ProcessorTime => TimeSpan.FromTicks((_workers.IsEmpty ? [_process.Id] : _workers.Distinct()).Sum(TicksOf));

    /// <summary>The memory of the process.</summary>
    public long WorkingSet
    {
        get
        {
            using var process = Process.GetProcessById(_process.Id);
            return process.WorkingSet64;
        }
    }

    /// <summary>Starts the API as it ships: Production, without limits that would refuse the load.</summary>
    public static Task<MeasuredServer> StartApiAsync(RedisReplication redis, ProcessGuardian guardian, params (string Name, string Value)[] settings)
    {
        var url = FreeUrl();
        // Built beside this program.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var directory = Path.Combine(own.Parent!.Parent!.FullName, "ApiService", own.Name);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(directory, "RedisAspire.ApiService.dll")])
        {
            WorkingDirectory = directory,
            Environment = { ["ASPNETCORE_URLS"] = url.ToString(), ["DOTNET_ENVIRONMENT"] = "Production", ["ASPNETCORE_ENVIRONMENT"] = "Production" },
        };
        foreach (var (key, value) in redis.Environment)
            start.Environment[key] = value;
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return StartAsync("apiservice", url, "/health", start, guardian);
    }

    /// <summary>Starts one of the servers to stand beside it.</summary>
    public static Task<MeasuredServer> StartPeerAsync(string kind, RedisReplication redis, ProcessGuardian guardian)
    {
        var url = FreeUrl();
        var start = new ProcessStartInfo("dotnet", [typeof(MeasuredServer).Assembly.Location, "serve", kind, "--url", url.ToString(), "--redis", PeerCaches.ConnectionStringOf(redis)])
        {
            // What the API has by default, as every program of the web SDK.
            Environment = { ["DOTNET_gcServer"] = "1", ["DOTNET_ENVIRONMENT"] = "Production", ["ASPNETCORE_ENVIRONMENT"] = "Production" },
        };
        return StartAsync(kind, url, "/alive", start, guardian);
    }

    /// <summary>Starts the workshop's application under gunicorn.</summary>
    public static Task<MeasuredServer> StartWorkshopAsync(string python, RedisReplication redis, ProcessGuardian guardian)
    {
        var url = FreeUrl();
        var start = new ProcessStartInfo(python, ["-m", "gunicorn", "--workers", "2", "--bind", $"127.0.0.1:{url.Port}", "workshop:app"])
        {
            WorkingDirectory = Path.Combine(AppContext.BaseDirectory, "Peers"),
            Environment = { ["REDIS_PORT"] = redis.Master.Port.ToString(CultureInfo.InvariantCulture), ["REDIS_PASSWORD"] = redis.Users.Application.Password, ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };
        return StartAsync("workshop", url, "/alive", start, guardian);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static Uri FreeUrl() => new($"http://localhost:{FreePorts.Take(preferred: null)}");

    private static async Task<MeasuredServer> StartAsync(string name, Uri url, string health, ProcessStartInfo start, ProcessGuardian guardian)
    {
        var server = new MeasuredServer(name, url, start, guardian);
        var started = Stopwatch.GetTimestamp();
        while (!await IsHealthyAsync(url, health))
        {
            if (!server._process.IsRunning)
                throw await server._process.DescribeEndAsync();
            if (Stopwatch.GetElapsedTime(started) > StartTimeout)
                throw new LaunchException($"{name} is not healthy after {StartTimeout.TotalSeconds} s.");
            await Task.Delay(50);
        }

        return server;
    }

    private static async Task<bool> IsHealthyAsync(Uri url, string path)
    {
        using var connection = new RawHttpConnection(url);
        try
        {
            return (await connection.GetAsync(path)).Status == 200;
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return false;
        }
    }

    private static long TicksOf(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime.Ticks;
    }
}
