using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RedisAspire.Hosting;

/// <summary>
/// The directories of a run: one for data, which no other run uses at the same time, and one for configurations, which
/// hold passwords. The latter is deleted when the app host ends, also after a crash.
/// </summary>
internal sealed class RedisDirectories : IDisposable
{
    private const string MasterFile = "master";

    // Reads until the pipe closes, which it does however we end; what is running still may write once more after that.
    private const string DeleteWhenOver = "trap '' INT TERM HUP; cat > /dev/null; rm -rf -- \"$1\"; sleep 3; rm -rf -- \"$1\"";

    private readonly Lazy<string> _run;
    private readonly List<FileStream> _locks = [];
    private readonly Dictionary<RedisReplicationResource, DataDirectory> _data = [];
    private Process? _guardian;

    public RedisDirectories() => _run = new(CreateRunDirectory);

    /// <summary>Finds and locks the data directory of a replication. Another checkout of the same application has other data.</summary>
    /// <exception cref="DistributedApplicationException">The directory is in use or cannot be written.</exception>
    public void Open(RedisReplicationResource redis, string appHostDirectory)
    {
        if (redis.Settings.Data is not { } data)
            return;
        var root = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "redis-replication");
        if ((data.Directory is not null ? Path.GetFullPath(data.Directory) : data.Volume is not null ? Path.Combine(root, data.Volume) : null) is { } path)
        {
            // Many runs can read the same data at once, and nothing is written there.
            if (data.IsReadOnly)
                _data[redis] = new(path, Number: 1, IsReadOnly: true);
            else if (!TryLock(redis, path, number: 1))
                throw new DistributedApplicationException($"{data.Directory ?? data.Volume} is in use by another run: choose another {(data.Directory is null ? "volume" : "directory")}.");
            return;
        }

        var checkout = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(appHostDirectory)))[..10];
        for (var number = 1; !TryLock(redis, Path.Combine(root, $"{redis.Name}-{checkout}", number.ToString(CultureInfo.InvariantCulture)), number); number++)
        {
        }
    }

    /// <summary>Which of the directories for this replication it is: 1 unless another run uses that one.</summary>
    public int NumberOf(RedisReplicationResource redis) => _data.TryGetValue(redis, out var data) ? data.Number : 1;

    /// <summary>Where a node or sentinel has its configuration.</summary>
    public string ConfigurationOf(RedisMember member) => Path.Combine(_run.Value, member.Name, "redis.conf");

    /// <summary>Where a node keeps its data: for good, or until the end of the run.</summary>
    public string DataOf(RedisReplicationResource redis, RedisMember member)
    {
        var parent = _data.TryGetValue(redis, out var data) && !member.IsSentinel ? data.Path : _run.Value;
        var directory = Path.Combine(parent, member.Name);
        return data is { IsReadOnly: true } && Directory.Exists(directory) ? directory : Directory.CreateDirectory(directory).FullName;
    }

    /// <summary>The name of the node that was the master when data was last kept here; none is known at first.</summary>
    public string? LastMasterOf(RedisReplicationResource redis) =>
        _data.TryGetValue(redis, out var data) && Path.Combine(data.Path, MasterFile) is var path && File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    /// <summary>Stores the name of the master for the next run.</summary>
    public void RememberMaster(RedisReplicationResource redis, string master)
    {
        if (_data.TryGetValue(redis, out var data) && !data.IsReadOnly)
            File.WriteAllText(Path.Combine(data.Path, MasterFile), master);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _locks)
            file.Dispose();
        _locks.Clear();
        _guardian?.StandardInput.Close();
        _guardian?.Dispose();
        _guardian = null;
    }

    private string CreateRunDirectory()
    {
        var directory = Directory.CreateTempSubdirectory("redis-replication-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            _guardian = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", DeleteWhenOver, "sh", directory])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
        }

        return directory;
    }

    private bool TryLock(RedisReplicationResource redis, string path, int number)
    {
        try
        {
            Directory.CreateDirectory(path);
            _locks.Add(new FileStream(Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            _data[redis] = new(path, number, IsReadOnly: false);
            return true;
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new DistributedApplicationException($"{path} cannot be written: {failure.Message}", failure);
        }
        catch (IOException) when (Directory.Exists(path))
        {
            return false;
        }
        catch (IOException failure)
        {
            throw new DistributedApplicationException($"{path} cannot be used: {failure.Message}", failure);
        }
    }

    private sealed record DataDirectory(string Path, int Number, bool IsReadOnly);
}
