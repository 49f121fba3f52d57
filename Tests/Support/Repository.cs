namespace RedisAspire.Tests.Support;

/// <summary>The files of this repository.</summary>
internal static class Repository
{
    /// <summary>The full path of the folder that holds the solution.</summary>
    // Not from [CallerFilePath]: a deterministic build puts /_/ in place of the real folder.
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "RedisAspire.sln")))
            directory = directory.Parent ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds RedisAspire.sln.");
        return directory.FullName;
    }
}
