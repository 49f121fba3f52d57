using Microsoft.Extensions.Hosting;

namespace RedisAspire.Hosting;

/// <summary>Where processes keep their data: until the application ends, or, with a data volume, for good.</summary>
internal sealed class RedisDirectories(IHostEnvironment environment, IHostApplicationLifetime lifetime) : IDisposable
{
    private readonly Lazy<DirectoryInfo> _temporary = new(() =>
    {
        var directory = Directory.CreateTempSubdirectory("redis-replication-");
        // An application that has run is stopped, but nobody disposes it.
        lifetime.ApplicationStopped.Register(() => Delete(directory));
        return directory;
    });

    /// <summary>The directory of a node or sentinel.</summary>
    public string For(RedisReplicationResource redis, RedisMember member)
    {
        var parent = redis.Settings.HasDataVolume ? Kept() : _temporary.Value.FullName;
        return Directory.CreateDirectory(Path.Combine(parent, member.Name)).FullName;
    }

    public void Dispose()
    {
        if (_temporary.IsValueCreated)
            Delete(_temporary.Value);
    }

    private static void Delete(DirectoryInfo directory)
    {
        directory.Refresh();
        if (directory.Exists)
            directory.Delete(recursive: true);
    }

    private string Kept() => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "redis-replication", environment.ApplicationName);
}
