using System.Diagnostics.CodeAnalysis;
using StackExchange.Redis;

namespace RedisAspire.Topology;

/// <summary>The node that takes writes now, for what an application keeps in Redis beside the cache.</summary>
/// <param name="topology">Knows which node that is.</param>
public sealed class RedisMaster(RedisTopology topology)
{
    /// <summary>The master's commands. The connection is shared: nothing that blocks it may be sent.</summary>
    /// <exception cref="RedisUnavailableException">No master is up.</exception>
    public IDatabase Database =>
        TryGetDatabase(out var database) ? database : throw new RedisUnavailableException("No Redis master is up.");

    /// <summary>
    /// Whether a node is the master and is not being replaced. A master may be alive, and have its writes acknowledged by
    /// replicas, while the sentinels make another node the master: nothing of that is kept.
    /// </summary>
    /// <param name="node">The node's name in the configuration.</param>
    public bool IsStable(string node) => topology.IsStable(node);

    /// <summary>
    /// Has the master do something. One that does not answer in time counts as down until it answers again, and no
    /// caller waits for it any longer.
    /// </summary>
    /// <typeparam name="T">The type of the answer.</typeparam>
    /// <param name="command">What to do.</param>
    /// <param name="timeout">How long the answer may take.</param>
    /// <param name="cancellationToken">Ends the wait; what was sent is done all the same.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="RedisUnavailableException">No master is up, or it does not answer, or the connection was lost.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public async Task<T> ExecuteAsync<T>(Func<IDatabase, Task<T>> command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        var node = topology.Master ?? throw new RedisUnavailableException("No Redis master is up.");
        try
        {
            return await node.WaitAsync(command(node.Database), timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException failure)
        {
            node.ReportFailure(failure);
            throw;
        }
    }

    /// <summary>The master's commands, if there is a master.</summary>
    /// <param name="database">The commands.</param>
    /// <returns>Whether a master is up.</returns>
    public bool TryGetDatabase([NotNullWhen(true)] out IDatabase? database) => (database = topology.Master?.Database) is not null;
}
