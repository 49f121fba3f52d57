using Microsoft.AspNetCore.WebUtilities;

namespace RedisAspire.Web.Api;

/// <summary>What the steps of the workshop ask. What fails throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
public sealed class WorkshopClient(ApiConnection api)
{
    /// <summary>Asks for one node.</summary>
    /// <param name="name">The node.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>How it is.</returns>
    public Task<NodeResponse> GetNodeAsync(string name, CancellationToken cancellationToken) =>
        api.GetAsync<NodeResponse>($"api/nodes/{Uri.EscapeDataString(name)}", cancellationToken);

    /// <summary>Looks a key up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="timeToLive">How long a value from the database remains cached, in seconds; as usual if nothing is said.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <returns>The answer.</returns>
    public Task<DataResponse> LookUpAsync(string key, int? timeToLive, CancellationToken cancellationToken) =>
        api.GetAsync<DataResponse>(timeToLive is null ? KeyAddress.Of(key) : QueryHelpers.AddQueryString(KeyAddress.Of(key), "ttl", $"{timeToLive}"), cancellationToken);

    /// <summary>Writes on the master, and sees whether and when it arrives everywhere.</summary>
    /// <param name="writes">How many writes are timed.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>What was found.</returns>
    public Task<ReplicationCheckResult> CheckReplicationAsync(int writes, Action<ReplicationCheckProgress> progress, CancellationToken cancellationToken) =>
        api.RunAsync<ReplicationCheckProgress, ReplicationCheckResult>($"api/replication/check?writes={writes}", body: null, progress, cancellationToken);
}
