using System.Net;

namespace RedisAspire.Web.Api;

/// <summary>The nodes and sentinels, and the actions on them. A failed request throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
public sealed class NodeClient(ApiConnection api)
{
    private const string Nodes = "api/nodes";

    private const int Limit = 50;

    /// <summary>Reads the state of one node.</summary>
    /// <param name="name">The node.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The state of the node.</returns>
    public Task<NodeResponse> GetNodeAsync(string name, CancellationToken cancellationToken) =>
        api.GetAsync<NodeResponse>($"{Nodes}/{Uri.EscapeDataString(name)}", cancellationToken);

    /// <summary>Reads which nodes and sentinels are running, paused or stopped, where faults can be injected: in development only.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Their states by their names; <see langword="null"/> where no faults can be injected.</returns>
    public async Task<IReadOnlyDictionary<string, string>?> GetFaultsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await api.GetAsync<Dictionary<string, string>>("api/faults", cancellationToken);
        }
        catch (CacheApiException refusal) when (refusal.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Stops, starts, pauses or resumes a node or sentinel.</summary>
    /// <param name="name">The node or sentinel.</param>
    /// <param name="action"><c>stop</c>, <c>start</c>, <c>pause</c> or <c>resume</c>.</param>
    /// <param name="cancellationToken">Ends the wait; the action continues.</param>
    public Task OrderAsync(string name, string action, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Post, AddressOf(name, action), body: null, cancellationToken);

    /// <summary>Promotes a replica to master, and waits until the API has finished.</summary>
    /// <param name="name">The replica.</param>
    /// <param name="progress">Receives the elapsed time every second.</param>
    /// <param name="isTraced">Whether the answer says what was done.</param>
    /// <param name="cancellationToken">Ends the wait, and the promotion if it has not gone too far.</param>
    /// <returns>The new master.</returns>
    public Task<NodeResponse> PromoteAsync(string name, Action<PromotionProgress> progress, bool isTraced, CancellationToken cancellationToken) =>
        api.RunAsync<PromotionProgress, NodeResponse>(ApiConnection.Traced(AddressOf(name, "promote"), isTraced), body: null, progress, cancellationToken);

    /// <summary>Reads the slow log, the last command first.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The slow commands.</returns>
    public Task<IReadOnlyList<RedisSlowCommand>> SlowCommandsAsync(string node, CancellationToken cancellationToken) =>
        api.GetAsync<IReadOnlyList<RedisSlowCommand>>(AddressOf(node, $"slowlog?limit={Limit}"), cancellationToken);

    /// <summary>Reads which commands have cost the node the most time, the most expensive first.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The commands.</returns>
    public Task<IReadOnlyList<RedisCommandUsage>> CommandsAsync(string node, CancellationToken cancellationToken) =>
        api.GetAsync<IReadOnlyList<RedisCommandUsage>>(AddressOf(node, $"commands?limit={Limit}"), cancellationToken);

    /// <summary>Writes on the master, and checks whether and when the write reaches every replica.</summary>
    /// <param name="writes">How many writes are timed.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>The results of the checks.</returns>
    public Task<ReplicationCheckResult> CheckReplicationAsync(int writes, Action<ReplicationCheckProgress> progress, CancellationToken cancellationToken) =>
        api.RunAsync<ReplicationCheckProgress, ReplicationCheckResult>($"api/replication/check?writes={writes}", body: null, progress, cancellationToken);

    private static string AddressOf(string name, string action) => $"{Nodes}/{Uri.EscapeDataString(name)}/{action}";
}
