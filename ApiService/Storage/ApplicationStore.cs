using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Storage;

/// <summary>
/// What the application keeps in Redis beside the cache. Everything has a time-out, so that nobody waits for a node
/// that hangs.
/// </summary>
internal sealed class ApplicationStore(RedisMaster master, RedisReads reads)
{
    private static readonly TimeSpan OperationTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Has the master do something.</summary>
    /// <param name="command">What to do. Commands that it sends without waiting in between make one round trip.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RedisUnavailableException">No master is up, or it does not answer.</exception>
    public Task<T> WriteAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken) =>
        master.ExecuteAsync(command, OperationTimeout, cancellationToken);

    /// <summary>Reads what may be a moment old: from a replica where one can, else from the master.</summary>
    /// <param name="query">What to read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RedisUnavailableException">No node is up.</exception>
    public Task<ReadAnswer<T>> ReadAsync<T>(Func<IDatabase, Task<T>> query, CancellationToken cancellationToken) => reads.ReadAsync(
        async (node, database) => new ReadAnswer<T>(await query(database).WaitAsync(OperationTimeout, cancellationToken), node), cancellationToken);
}
