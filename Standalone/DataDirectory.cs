using RedisAspire.RedisProcesses;

namespace RedisAspire.Standalone;

/// <summary>The directory where Redis keeps its data; locked, so that no two launchers use the same one.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;
    private readonly bool _isTemporary;

    private DataDirectory(string path, FileStream @lock, bool isTemporary)
    {
        Path = path;
        _lock = @lock;
        _isTemporary = isTemporary;
    }

    /// <summary>The directory's full path.</summary>
    public string Path { get; }

    /// <summary>Opens the directory that was asked for, or the user's own: the first one that nobody else uses.</summary>
    /// <exception cref="LaunchException">The directory is in use or cannot be written.</exception>
    public static DataDirectory Open(string? wanted)
    {
        if (wanted is not null)
        {
            var path = System.IO.Path.GetFullPath(wanted);
            return TryOpen(path, isTemporary: false) ?? throw new LaunchException($"{path} is in use by another launcher: choose another directory with --data.");
        }

        var root = System.IO.Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "RedisAspire");
        for (var i = 1; ; i++)
        {
            if (TryOpen(System.IO.Path.Combine(root, i == 1 ? "data" : $"data-{i}"), isTemporary: false) is { } opened)
                return opened;
        }
    }

    /// <summary>Makes a new directory that is deleted in the end.</summary>
    public static DataDirectory CreateTemporary() =>
        TryOpen(Directory.CreateTempSubdirectory("redisaspire-").FullName, isTemporary: true)!;

    public void Dispose()
    {
        _lock.Dispose();
        if (_isTemporary)
            Directory.Delete(Path, recursive: true);
    }

    private static DataDirectory? TryOpen(string path, bool isTemporary)
    {
        try
        {
            Directory.CreateDirectory(path);
            var file = new FileStream(System.IO.Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataDirectory(path, file, isTemporary);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new LaunchException($"{path} cannot be written: {failure.Message}", failure);
        }
        catch (IOException) when (Directory.Exists(path))
        {
            return null;
        }
        catch (IOException failure)
        {
            throw new LaunchException($"{path} cannot be used: {failure.Message}", failure);
        }
    }
}
