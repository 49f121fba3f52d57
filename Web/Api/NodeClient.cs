using System.Net;

namespace RedisAspire.Web.Api;

/// <summary>The nodes and sentinels, and the actions on them. A failed request throws a <see cref="CacheApiException"/>.</summary>
internal sealed class NodeClient(ApiConnection api)
{
    private const string Nodes = "api/nodes";

    private const int Limit = 50;

    public Task<NodeResponse> GetNodeAsync(string name, CancellationToken cancellationToken) =>
        api.GetAsync<NodeResponse>($"{Nodes}/{Uri.EscapeDataString(name)}", cancellationToken);

    /// <summary>Reads which nodes and sentinels are running, paused or stopped; null where no faults can be injected: outside development.</summary>
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

    /// <summary>Stops, starts, pauses or resumes a node or sentinel. The action continues when this is cancelled.</summary>
    public Task OrderAsync(string name, string action, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Post, AddressOf(name, action), body: null, cancellationToken);

    /// <summary>Promotes a replica to master, and reports the time every second. A cancellation ends the promotion if it has not gone too far.</summary>
    public Task<NodeResponse> PromoteAsync(string name, Action<PromotionProgress> progress, bool isTraced, CancellationToken cancellationToken) =>
        api.RunAsync<PromotionProgress, NodeResponse>(ApiConnection.Traced(AddressOf(name, "promote"), isTraced), body: null, progress, cancellationToken);

    /// <summary>The slow log, the last command first.</summary>
    public Task<IReadOnlyList<RedisSlowCommand>> SlowCommandsAsync(string node, CancellationToken cancellationToken) =>
        api.GetAsync<IReadOnlyList<RedisSlowCommand>>(AddressOf(node, $"slowlog?limit={Limit}"), cancellationToken);

    /// <summary>The commands that have cost the node the most time, the most expensive first.</summary>
    public Task<IReadOnlyList<RedisCommandUsage>> CommandsAsync(string node, CancellationToken cancellationToken) =>
        api.GetAsync<IReadOnlyList<RedisCommandUsage>>(AddressOf(node, $"commands?limit={Limit}"), cancellationToken);

    /// <summary>Writes on the master, and checks whether and when the write reaches every replica.</summary>
    public Task<ReplicationCheckResult> CheckReplicationAsync(int writes, Action<ReplicationCheckProgress> progress, CancellationToken cancellationToken) =>
        api.RunAsync<ReplicationCheckProgress, ReplicationCheckResult>($"api/replication/check?writes={writes}", body: null, progress, cancellationToken);

    private static string AddressOf(string name, string action) => $"{Nodes}/{Uri.EscapeDataString(name)}/{action}";
}
