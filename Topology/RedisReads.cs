using StackExchange.Redis;

namespace RedisAspire.Topology;

/// <summary>Reads what may be a little late from the node that serves reads, which spares the master.</summary>
/// <param name="topology">Knows which node that is.</param>
public sealed class RedisReads(RedisTopology topology)
{
    /// <summary>
    /// Reads from the read node, and when that fails once more: from the master, or from any other node if it was the master
    /// that failed. While there is no master, a replica that has lost it still serves what it has.
    /// </summary>
    /// <param name="read">Reads; gets the node's name and its commands. It has to end by itself when the node does not answer.</param>
    /// <param name="cancellationToken">What the reading is given up with.</param>
    /// <exception cref="RedisUnavailableException">No node can be read.</exception>
    public async Task<T> ReadAsync<T>(Func<string, IDatabase, Task<T>> read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        var node = topology.ReadNode ?? Another(than: null) ?? throw new RedisUnavailableException("No Redis node is up.");
        RedisNode other;
        try
        {
            return await node.WaitAsync(read(node.Name, node.Database), Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, cancellationToken) && Another(than: node) is { } found)
        {
            other = found;
            // A node that answers an error is not down. And the master is not given up for a read: nothing could be written until the next poll.
            if (failure is not RedisServerException && node != topology.Master)
                node.ReportFailure(failure);
        }

        return await read(other.Name, other.Database).ConfigureAwait(false);
    }

    private RedisNode? Another(RedisNode? than) => topology.Master is { } master && master != than
        ? master
        : topology.Nodes.FirstOrDefault(node => node != than && node.Status.IsUp);
}
