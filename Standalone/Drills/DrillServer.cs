using RedisAspire.AppHost.Drills;
using RedisAspire.RedisProcesses;

namespace RedisAspire.Standalone.Drills;

/// <summary>Where the API has the launcher's nodes stopped, started, paused and resumed.</summary>
internal sealed class DrillServer : IAsyncDisposable
{
    private readonly ControlServer _server;
    private readonly DrillEndpoints _endpoints;

    private DrillServer(ControlServer server, DrillEndpoints endpoints)
    {
        _server = server;
        _endpoints = endpoints;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => _server.Address;

    /// <summary>Starts the server on any free port.</summary>
    /// <param name="redis">The nodes and sentinels.</param>
    /// <param name="adminKey">What every request must carry.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<DrillServer> StartAsync(RedisReplication redis, string adminKey, CancellationToken cancellationToken)
    {
        var endpoints = new DrillEndpoints(redis);
        return new DrillServer(await ControlServer.StartAsync(endpoints.Map, adminKey, cancellationToken), endpoints);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _endpoints.Dispose();
    }
}
