using System.Net.ServerSentEvents;

namespace RedisAspire.Web.Api;

/// <summary>Runs commands of Redis. A failed request throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
public sealed class ConsoleClient(ApiConnection api)
{
    /// <summary>Runs a command.</summary>
    /// <param name="line">The command with its arguments.</param>
    /// <param name="node">The node; null for the master.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The answer.</returns>
    public Task<ConsoleResponse> RunAsync(string line, string? node, CancellationToken cancellationToken) =>
        api.SendAsync<ConsoleResponse>(HttpMethod.Post, "api/console", new ConsoleRequest(line, node), cancellationToken);

    /// <summary>Reads which commands are run, and which are refused.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The commands.</returns>
    public Task<ConsoleCommandsResponse> GetCommandsAsync(CancellationToken cancellationToken) =>
        api.GetAsync<ConsoleCommandsResponse>("api/console/commands", cancellationToken);

    /// <summary>Watches what a node does.</summary>
    /// <param name="node">The node.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <returns>The events <c>rates</c> and <c>commands</c>, each with its JSON.</returns>
    public IAsyncEnumerable<SseItem<string>> WatchAsync(string node, CancellationToken cancellationToken) =>
        api.StreamAsync(HttpMethod.Get, $"api/nodes/{Uri.EscapeDataString(node)}/commands/live", body: null, cancellationToken);
}
