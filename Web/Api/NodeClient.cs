using System.Net;

namespace RedisAspire.Web.Api;

/// <summary>The sentinels, and what may be done to nodes. What fails throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
public sealed class NodeClient(ApiConnection api)
{
    private const string Nodes = "api/nodes";

    private const int Limit = 50;

    /// <summary>Asks for one node.</summary>
    /// <param name="name">The node.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>How it is.</returns>
    public Task<NodeResponse> GetNodeAsync(string name, CancellationToken cancellationToken) =>
        api.GetAsync<NodeResponse>($"{Nodes}/{Uri.EscapeDataString(name)}", cancellationToken);

    /// <summary>Lists the sentinels.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>All of them; none where there are none.</returns>
    public Task<IReadOnlyList<RedisSentinelStatus>> GetSentinelsAsync(CancellationToken cancellationToken) =>
        api.GetAsync<IReadOnlyList<RedisSentinelStatus>>("api/sentinels", cancellationToken);

    /// <summary>Finds out whether nodes can be stopped and started: in development only.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Whether there are drills.</returns>
    public async Task<bool> HasDrillsAsync(CancellationToken cancellationToken)
    {
        try
        {
            // An order cannot be read: where it can be given, the API says so, elsewhere it knows no such address.
            await api.SendAsync(HttpMethod.Get, AddressOf("any", "stop"), body: null, cancellationToken);
            return true;
        }
        catch (CacheApiException refusal) when (refusal.Status is { } status)
        {
            return status == HttpStatusCode.MethodNotAllowed;
        }
    }

    /// <summary>Gives an order to a node or sentinel.</summary>
    /// <param name="name">The node or sentinel.</param>
    /// <param name="action"><c>stop</c>, <c>start</c>, <c>pause</c> or <c>resume</c>.</param>
    /// <param name="cancellationToken">Ends the wait; what has begun goes on.</param>
    public Task OrderAsync(string name, string action, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Post, AddressOf(name, action), body: null, cancellationToken);

    /// <summary>Makes a replica the master, and waits for as long as the API may take for that.</summary>
    /// <param name="name">The replica.</param>
    /// <param name="progress">Is told every second how long it has taken.</param>
    /// <param name="cancellationToken">Ends it, as far as it can be.</param>
    /// <returns>The node, which is the master.</returns>
    public Task<NodeResponse> PromoteAsync(string name, Action<PromotionProgress> progress, CancellationToken cancellationToken) =>
        api.RunAsync<PromotionProgress, NodeResponse>(AddressOf(name, "promote"), body: null, progress, cancellationToken);

    /// <summary>Reads the slow log, the last command first.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The last commands that were slow.</returns>
    public Task<IReadOnlyList<RedisSlowCommand>> SlowCommandsAsync(string node, CancellationToken cancellationToken) =>
        api.GetAsync<IReadOnlyList<RedisSlowCommand>>(AddressOf(node, $"slowlog?limit={Limit}"), cancellationToken);

    /// <summary>Reads which commands have cost the node most time, the most expensive one first.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The commands.</returns>
    public Task<IReadOnlyList<RedisCommandUsage>> CommandsAsync(string node, CancellationToken cancellationToken) =>
        api.GetAsync<IReadOnlyList<RedisCommandUsage>>(AddressOf(node, $"commands?limit={Limit}"), cancellationToken);

    /// <summary>Writes on the master, and sees whether and when it arrives everywhere.</summary>
    /// <param name="writes">How many writes are timed.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>What was found.</returns>
    public Task<ReplicationCheckResult> CheckReplicationAsync(int writes, Action<ReplicationCheckProgress> progress, CancellationToken cancellationToken) =>
        api.RunAsync<ReplicationCheckProgress, ReplicationCheckResult>($"api/replication/check?writes={writes}", body: null, progress, cancellationToken);

    private static string AddressOf(string name, string action) => $"{Nodes}/{Uri.EscapeDataString(name)}/{action}";
}
