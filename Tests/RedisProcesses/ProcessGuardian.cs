using System.Diagnostics;

namespace RedisAspire.RedisProcesses;

/// <summary>
/// Ends the processes we started when we no longer can: a small shell that reads from us which ones there are,
/// and that ends them when the pipe closes, which it does however we die.
/// </summary>
internal sealed class ProcessGuardian : IDisposable
{
    private const string Script =
        """
        trap '' INT TERM HUP
        children=
        while read -r change pid; do
          rest=
          for child in $children; do [ "$child" = "$pid" ] || rest="$rest $child"; done
          children=$rest
          [ "$change" = add ] && children="$children $pid"
        done
        [ -z "$children" ] && exit 0
        kill -TERM $children 2>/dev/null
        kill -CONT $children 2>/dev/null
        sleep 3
        kill -KILL $children 2>/dev/null
        exit 0
        """;

    private readonly Lock _lock = new();
    private readonly Process _shell;

    public ProcessGuardian()
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        _shell = Process.Start(start)!;
    }

    public void Add(int processId) => Tell($"add {processId}");

    public void Remove(int processId) => Tell($"remove {processId}");

    public void Dispose()
    {
        lock (_lock)
        {
            _shell.StandardInput.Close();
            _shell.Dispose();
        }
    }

    private void Tell(string line)
    {
        lock (_lock)
        {
            try
            {
                _shell.StandardInput.WriteLine(line);
                _shell.StandardInput.Flush();
            }
            catch (Exception gone) when (gone is IOException or ObjectDisposedException)
            {
                // Somebody ended the guardian: everything still works, only a crash of ours would leave processes.
            }
        }
    }
}
