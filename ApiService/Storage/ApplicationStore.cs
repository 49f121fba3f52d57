using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection.Extensions;
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

/// <summary>What a node answered to a read.</summary>
/// <param name="Value">The answer.</param>
/// <param name="Node">The name of the node.</param>
internal sealed record ReadAnswer<T>(T Value, string Node);

/// <summary>This run of the API, apart from all others.</summary>
internal sealed class ServiceInstance
{
    /// <summary>Its name: the machine, the process, and what tells it from an earlier process with the same number.</summary>
    public string Name { get; } = string.Create(
        CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
}

/// <summary>Adds what every feature needs that keeps something in Redis.</summary>
internal static class StorageExtensions
{
    public static IServiceCollection AddApplicationStore(this IServiceCollection services)
    {
        services.TryAddSingleton<ApplicationStore>();
        services.TryAddSingleton<ServiceInstance>();
        return services;
    }
}
