namespace RedisAspire.Web.Api;

/// <summary>Looks into one Redis node. What fails throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
public sealed class InspectionClient(ApiConnection api)
{
    private const int Limit = 50;

    /// <summary>Reads the slow log, the last command first.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The last commands that were slow.</returns>
    public Task<IReadOnlyList<RedisSlowCommand>> SlowCommandsAsync(string node, CancellationToken cancellationToken) =>
        api.GetAsync<IReadOnlyList<RedisSlowCommand>>(Address(node, "slowlog"), cancellationToken);

    /// <summary>Reads which commands have cost the node most time, the most expensive one first.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The commands.</returns>
    public Task<IReadOnlyList<RedisCommandUsage>> CommandsAsync(string node, CancellationToken cancellationToken) =>
        api.GetAsync<IReadOnlyList<RedisCommandUsage>>(Address(node, "commands"), cancellationToken);

    private static string Address(string node, string what) => $"api/nodes/{Uri.EscapeDataString(node)}/{what}?limit={Limit}";
}
