using System.Net.ServerSentEvents;

namespace RedisAspire.Web.Api;

/// <summary>Runs commands of Redis. A failed request throws a <see cref="CacheApiException"/>.</summary>
internal sealed class ConsoleClient(ApiConnection api)
{
    /// <summary>Runs a command on a node, or else on the master.</summary>
    public Task<ConsoleResponse> RunAsync(string line, string? node, CancellationToken cancellationToken) =>
        api.SendAsync<ConsoleResponse>(HttpMethod.Post, "api/console", new ConsoleRequest(line, node), cancellationToken);

    /// <summary>Reads which commands are run, and which are refused.</summary>
    public Task<ConsoleCommandsResponse> GetCommandsAsync(CancellationToken cancellationToken) =>
        api.GetAsync<ConsoleCommandsResponse>("api/console/commands", cancellationToken);

    /// <summary>Watches what a node does: the events <c>rates</c> and <c>commands</c>, each with its JSON.</summary>
    public IAsyncEnumerable<SseItem<string>> WatchAsync(string node, CancellationToken cancellationToken) =>
        api.StreamAsync(HttpMethod.Get, $"api/nodes/{Uri.EscapeDataString(node)}/commands/live", body: null, cancellationToken);
}
