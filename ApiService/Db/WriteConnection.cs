using Microsoft.Extensions.Options;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

/// <summary>
/// A connection of its own to the master: <c>WAIT</c> blocks the connection that it is sent on, and nobody else's
/// commands may wait behind it.
/// </summary>
internal sealed class WriteConnection(RedisTopology topology, RedisMaster master, IOptions<RedisTopologyOptions> options) : IDisposable
{
    private ConnectionMultiplexer? _connection;
    private TaskCompletionSource _lost = new();

    /// <summary>The name of the node of the last <see cref="GetAsync"/>.</summary>
    public string Node { get; private set; } = "";

    /// <summary>Completes when the connection of the last <see cref="GetAsync"/> is lost: what was sent is not answered any more.</summary>
    public Task Lost => _lost.Task;

    /// <summary>Whether the node of the last <see cref="GetAsync"/> is the master and stays it, as far as is known.</summary>
    public bool IsSettled => master.IsSettled(Node);

    /// <summary>The commands of the node that is the master now. For one caller at a time.</summary>
    /// <exception cref="RedisUnavailableException">No master is up, or it cannot be reached.</exception>
    public async Task<IDatabase> GetAsync(CancellationToken cancellationToken)
    {
        if (topology.Snapshot.Master is not { } node || !options.Value.Nodes.TryGetValue(node, out var connectionString))
            throw new RedisUnavailableException("No Redis master is up.");

        if (_connection is null || Node != node || _lost.Task.IsCompleted)
        {
            Dispose();
            _connection = await ConnectAsync(connectionString, cancellationToken);
            Node = node;
        }

        return _connection.GetDatabase();
    }

    public void Dispose()
    {
        // Elsewhere: it takes seconds when the node hangs, and the next master is waited for.
        if (_connection is { } connection)
            _ = Task.Run(connection.Dispose);
        _connection = null;
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(string connectionString, CancellationToken cancellationToken)
    {
        var settings = RedisConnectionDefaults.Apply(ConfigurationOptions.Parse(connectionString));
        // Connecting to an absent server blocks the calling thread for a while in some client versions.
        var connection = await Task.Run(() => ConnectionMultiplexer.ConnectAsync(settings), cancellationToken);
        if (!connection.IsConnected)
        {
            connection.Dispose();
            throw new RedisUnavailableException("The Redis master cannot be reached.");
        }

        // Newer clients keep what is sent on a lost connection for the next one. Whether it is done then is not known.
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionFailed += (_, failure) =>
        {
            if (failure.ConnectionType == ConnectionType.Interactive)
                lost.TrySetResult();
        };
        _lost = lost;
        return connection;
    }
}
