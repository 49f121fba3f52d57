using System.Security.Cryptography;

namespace RedisAspire.ApiService.Storage;

/// <summary>
/// The application's own data in Redis, beside the cache. Every operation has a time-out, so that no caller waits for a node
/// that hangs, and fails with <see cref="RedisUnavailableException"/> when no node is up.
/// </summary>
internal sealed class ApplicationStore(RedisMaster master, RedisReads reads)
{
    private static readonly TimeSpan OperationTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Executes commands on the master. Those that are sent without waiting in between need one round trip.</summary>
    public Task<T> WriteAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken) =>
        master.ExecuteAsync(command, OperationTimeout, cancellationToken);

    /// <summary>Reads data that may be a moment old: from a replica if there is one, else from the master. The result has the node that answered.</summary>
    public Task<(T Value, string Node)> ReadAsync<T>(Func<IDatabase, Task<T>> query, CancellationToken cancellationToken) => reads.ReadAsync(
        async (node, database) => (await query(database).WaitAsync(OperationTimeout, cancellationToken), node), cancellationToken);
}

/// <summary>The identity of this API process.</summary>
internal sealed class ServiceInstance
{
    /// <summary>Its name: the machine, the process id, and a random part for processes with the same id.</summary>
    public string Name { get; } = string.Create(
        CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
}
