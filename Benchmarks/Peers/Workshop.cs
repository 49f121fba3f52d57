using System.ComponentModel;
using System.Diagnostics;

namespace RedisAspire.Benchmarks.Peers;

/// <summary>The workshop's application in Python (<c>workshop.py</c>), and whether this machine can run it.</summary>
internal static class Workshop
{
    public const string Missing = "not measured: install the packages python3-flask, python3-redis and gunicorn (Debian), or flask, redis and gunicorn (pip)";

    // Another one may come first in the path, without the packages of the system.
    private static readonly string[] Candidates = ["python3", "/usr/bin/python3"];

    /// <summary>A Python that has what the application needs.</summary>
    public static string? FindPython() => Array.Find(Candidates, HasPackages);

    private static bool HasPackages(string python)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", "import flask, gunicorn, redis"]) { RedirectStandardError = true, UseShellExecute = false })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
