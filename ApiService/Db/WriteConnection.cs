using Microsoft.Extensions.Options;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

/// <summary>
/// A connection of its own to the master: <c>WAIT</c> blocks the connection that it is sent on, and nobody else's
/// commands may wait behind it.
/// </summary>
internal sealed class WriteConnection(RedisTopology topology, IOptions<RedisTopologyOptions> options) : IDisposable
{
    private string? _node;
    private ConnectionMultiplexer? _connection;

    /// <summary>The commands of the node that is the master now. For one caller at a time.</summary>
    /// <exception cref="RedisUnavailableException">No master is up.</exception>
    public async Task<IDatabase> GetAsync(CancellationToken cancellationToken)
    {
        if (topology.Snapshot.Master is not { } node || !options.Value.Nodes.TryGetValue(node, out var connectionString))
            throw new RedisUnavailableException("No Redis master is up.");

        if (_connection is null || _node != node)
        {
            Dispose();
            var settings = RedisConnectionDefaults.Apply(ConfigurationOptions.Parse(connectionString));
            // Connecting to an absent server blocks the calling thread for a while in some client versions.
            _connection = await Task.Run(() => ConnectionMultiplexer.ConnectAsync(settings), cancellationToken);
            _node = node;
        }

        return _connection.GetDatabase();
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
