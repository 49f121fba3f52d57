using System.Diagnostics;
using System.Globalization;

namespace RedisAspire.Standalone.Redis;

/// <summary>Finds <c>redis-server</c>.</summary>
internal static class RedisServerExecutable
{
    private const string Name = "redis-server";

    // Older ones do not know the permissions that the users are given.
    private const int LeastVersion = 7;

    private static readonly Lazy<string> Found = new(Search);

    /// <summary>The path of the program.</summary>
    /// <exception cref="LaunchException">It is not installed, or too old.</exception>
    public static string Find() => Found.Value;

    /// <summary>Reads the major version from what <c>redis-server --version</c> writes; 0 when it is not understood.</summary>
    public static int MajorVersionIn(string text) =>
        text.Split([" v=", "."], StringSplitOptions.None) is [_, var major, ..] && int.TryParse(major, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Search()
    {
        foreach (var directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var candidate = Path.Combine(directory, Name);
            if (File.Exists(candidate))
                return Check(candidate);
        }

        throw new LaunchException("redis-server is not installed: run ./run, which installs it, or `apt-get install redis-server` or `brew install redis`.");
    }

    private static string Check(string path)
    {
        using var process = Process.Start(new ProcessStartInfo(path, "--version") { UseShellExecute = false, RedirectStandardOutput = true })!;
        var version = process.StandardOutput.ReadToEnd();
        return MajorVersionIn(version) is 0 or >= LeastVersion
            ? path
            : throw new LaunchException($"{path} is too old; Redis {LeastVersion} or newer is needed, see https://redis.io/docs/latest/operate/oss_and_stack/install/. It is: {version.Trim()}");
    }
}
