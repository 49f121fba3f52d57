using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RedisAspire.RedisProcesses;

/// <summary>A process to be asked to end, killed and paused. One that is started here ends with us; its last lines are kept, to say why it ended.</summary>
internal sealed partial class ManagedProcess : IAsyncDisposable
{
    private const int KeptLines = 15;
    private const int UnknownCode = -1;

    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<string> _lastLines = new();

    private readonly Process _process;
    private readonly ProcessGuardian? _guardian;
    private readonly Task _output;

    private ManagedProcess(string name, Process process, ProcessGuardian? guardian, Func<ManagedProcess, Task> output)
    {
        Name = name;
        _process = process;
        _guardian = guardian;
        _output = output(this);
        Exited = WaitAsync();
    }

    public string Name { get; }

    public int Id => _process.Id;

    public bool IsRunning => !Exited.IsCompleted;

    /// <summary>Completes with the exit code when the process has ended.</summary>
    public Task<int> Exited { get; }

    /// <summary>Whether the process has been paused, and not been resumed since.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Starts a process.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="start">The program and its arguments.</param>
    /// <param name="guardian">Ends it when we cannot.</param>
    /// <param name="hear">Takes every line it writes.</param>
    /// <exception cref="LaunchException">The program cannot be started.</exception>
    public static ManagedProcess Start(string name, ProcessStartInfo start, ProcessGuardian guardian, Action<string>? hear = null)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        try
        {
            var process = Process.Start(start)!;
            guardian.Add(process.Id);
            process.StandardInput.Close();
            return new ManagedProcess(name, process, guardian, managed => Task.WhenAll(managed.PumpAsync(process.StandardOutput, hear), managed.PumpAsync(process.StandardError, hear)));
        }
        catch (Win32Exception failure)
        {
            throw new LaunchException($"{name} cannot be started: {start.FileName}: {failure.Message}", failure);
        }
    }

    /// <summary>Finds a process that somebody else has started, and ends. What it writes is not heard, and its exit code is not known.</summary>
    /// <exception cref="ArgumentException">There is none with this number.</exception>
    public static ManagedProcess Find(string name, int id) => new(name, Process.GetProcessById(id), guardian: null, _ => Task.CompletedTask);

    /// <summary>Why the process ended while it was starting, with the last lines it wrote.</summary>
    public async Task<LaunchException> DescribeEndAsync()
    {
        var code = await Exited;
        await _output;
        return new LaunchException($"{Name} ended with code {code} while it was starting:\n{string.Join('\n', _lastLines)}");
    }

    /// <summary>Sends a signal; does nothing when the process has ended.</summary>
    public void Send(Signal signal)
    {
        if (!IsRunning)
            return;

        _ = Kill(_process.Id, NumberOf(signal));
        if (signal is Signal.Pause or Signal.Resume)
            IsPaused = signal == Signal.Pause;
    }

    /// <summary>Ends the process at once, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        Send(Signal.Kill);
        await Exited;
    }

    /// <summary>Asks the process to end, and ends it when it does not within five seconds.</summary>
    public async Task StopAsync()
    {
        Send(Signal.Terminate);
        // A paused process cannot hear the request.
        Send(Signal.Resume);
        try
        {
            await Exited.WaitAsync(GracePeriod);
        }
        catch (TimeoutException)
        {
            Send(Signal.Kill);
            await Exited;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _output;
        _process.Dispose();
    }

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        if (_guardian is null)
            return UnknownCode;
        _guardian.Remove(_process.Id);
        return _process.ExitCode;
    }

    private async Task PumpAsync(StreamReader reader, Action<string>? hear)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            hear?.Invoke(line);
            _lastLines.Enqueue(line);
            if (_lastLines.Count > KeptLines)
                _lastLines.TryDequeue(out _);
        }
    }

    // The numbers of macOS differ from Linux'.
    private static int NumberOf(Signal signal) => signal switch
    {
        Signal.Kill => 9,
        Signal.Terminate => 15,
        Signal.Pause => OperatingSystem.IsMacOS() ? 17 : 19,
        _ => OperatingSystem.IsMacOS() ? 19 : 18,
    };

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
