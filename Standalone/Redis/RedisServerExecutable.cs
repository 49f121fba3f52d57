namespace RedisAspire.Standalone.Redis;

/// <summary>Finds <c>redis-server</c>.</summary>
internal static class RedisServerExecutable
{
    private const string Name = "redis-server";

    /// <summary>The path of the program.</summary>
    /// <exception cref="LaunchException">It is not installed.</exception>
    public static string Find()
    {
        foreach (var directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var candidate = Path.Combine(directory, Name);
            if (File.Exists(candidate))
                return candidate;
        }

        throw new LaunchException("redis-server is not installed: run ./run, which installs it, or `apt-get install redis-server` or `brew install redis`.");
    }
}
