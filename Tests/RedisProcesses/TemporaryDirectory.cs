namespace RedisAspire.RedisProcesses;

/// <summary>A directory that is deleted in the end.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    /// <summary>The directory's full path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("redisaspire-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
