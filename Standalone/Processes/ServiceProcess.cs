using System.Diagnostics;
using System.Net;
using RedisAspire.Hosting;
using RedisAspire.RedisProcesses;

namespace RedisAspire.Standalone.Processes;

/// <summary>One of our own web services as a process.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly string _assembly;
    private readonly IEnumerable<KeyValuePair<string, string>> _environment;
    private readonly ProcessGuardian _guardian;
    private readonly LaunchLog _log;
    private readonly int _port;
    private ManagedProcess? _process;

    /// <summary>Prepares a service.</summary>
    /// <param name="name">The resource's name, also its <c>OTEL_SERVICE_NAME</c>.</param>
    /// <param name="project">The project's name.</param>
    /// <param name="port">The port it listens on.</param>
    /// <param name="environment">Its environment variables, added to ours.</param>
    /// <param name="guardian">Ends it when we cannot.</param>
    /// <param name="log">Where its output goes.</param>
    public ServiceProcess(
        string name, string project, int port, IEnumerable<KeyValuePair<string, string>> environment, ProcessGuardian guardian, LaunchLog log)
    {
        Name = name;
        Url = new Uri($"http://localhost:{port}");
        _port = port;
        _assembly = FindAssembly(project);
        _environment = environment;
        _guardian = guardian;
        _log = log;
    }

    public string Name { get; }

    public Uri Url { get; }

    /// <summary>The running process.</summary>
    /// <exception cref="InvalidOperationException">It has never been started.</exception>
    public ManagedProcess Process => _process ?? throw new InvalidOperationException($"{Name} has not been started.");

    /// <summary>Starts the process and waits until it is healthy.</summary>
    /// <exception cref="LaunchException">It ended, or did not become healthy in a minute.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_process is not null)
            await _process.DisposeAsync();

        var start = new ProcessStartInfo(DotnetHost(), [_assembly]) { WorkingDirectory = Path.GetDirectoryName(_assembly)! };
        start.Environment["ASPNETCORE_URLS"] = Url.ToString().TrimEnd('/');
        start.Environment.TryAdd("ASPNETCORE_ENVIRONMENT", "Development");
        start.Environment["OTEL_SERVICE_NAME"] = Name;
        foreach (var (key, value) in _environment)
            start.Environment[key] = value;

        _process = ManagedProcess.Start(Name, start, _guardian, line => _log.Line(Name, line));
        await WaitUntilHealthyAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        FreePorts.Release(_port);
    }

    private async Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(5) };
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (!Process.IsRunning)
                throw await Process.DescribeEndAsync();
            if (await IsHealthyAsync(client, cancellationToken))
                return;
            if (Stopwatch.GetElapsedTime(started) > StartTimeout)
                throw new LaunchException($"{Name} at {Url} is not healthy after {StartTimeout.TotalSeconds} s.");
            await Task.Delay(50, cancellationToken);
        }
    }

    private static async Task<bool> IsHealthyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception notYet) when (notYet is HttpRequestException || (notYet is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    // All projects are built beside each other: artifacts/bin/{project}/{configuration}/.
    private static string FindAssembly(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, $"RedisAspire.{project}.dll");
        return File.Exists(path) ? path : throw new LaunchException($"{path} is missing: build the solution first (dotnet build RedisAspire.sln).");
    }

    private static string DotnetHost() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");
}
