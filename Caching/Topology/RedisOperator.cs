using RedisAspire.Caching.Tracking;

namespace RedisAspire.Caching.Topology;

/// <summary>Asks nodes and sentinels what the cache's own connections cannot carry, each time on a connection of its own.</summary>
internal sealed class RedisOperator(RedisTopologyOptions options, TimeProvider time)
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Asks a node as the user that the services are.</summary>
    /// <exception cref="RedisUnavailableException">It did not answer, or with an error.</exception>
    public Task<RespFrame> AskAsServiceAsync(RedisNode node, CancellationToken cancellationToken, params string[] command) =>
        AskAsync(ComplaintOf(node, command), node.Endpoint, command, cancellationToken);

    /// <summary>Asks a node as the user that may change roles and settings.</summary>
    /// <exception cref="RedisUnavailableException">It did not answer, or with an error.</exception>
    public Task<RespFrame> AskAsync(RedisNode node, CancellationToken cancellationToken, params string[] command)
    {
        var endpoint = options.OperatorUser is { } user ? node.Endpoint with { User = user, Password = options.OperatorPassword } : node.Endpoint;
        return AskAsync(ComplaintOf(node, command), endpoint, command, cancellationToken);
    }

    /// <summary>Asks a sentinel.</summary>
    /// <exception cref="RedisUnavailableException">It did not answer, or with an error.</exception>
    public Task<RespFrame> AskAsync(SentinelLink sentinel, CancellationToken cancellationToken, params string[] command) =>
        AskAsync($"The sentinel did not do {command[0]} {command[1]}", sentinel.Endpoint, command, cancellationToken);

    private static string ComplaintOf(RedisNode node, string[] command) => $"{node.Name} did not do {command[0]}";

    private async Task<RespFrame> AskAsync(string complaint, RedisNodeEndpoint endpoint, string[] command, CancellationToken cancellationToken)
    {
        using var administration = new RedisAdministration(endpoint, time);
        try
        {
            return await administration.ExecuteAsync(CommandTimeout, cancellationToken, command).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new RedisUnavailableException($"{complaint}: {failure.Message.TrimEnd('.')}.", failure);
        }
    }
}
