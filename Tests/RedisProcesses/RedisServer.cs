using RedisAspire.Hosting;

namespace RedisAspire.RedisProcesses;

/// <summary>One node of the replication: it keeps data, and is the master or follows it.</summary>
/// <inheritdoc/>
internal sealed class RedisServer(string name, int port, RedisUsers users, IRedisRunner runner) : RedisProcess(name, port, users, users.Admin, runner)
{
    /// <summary>Waits until the node answers, has loaded its data and, if a replica, is in touch with its master.</summary>
    /// <exception cref="LaunchException">It ended, or did not become ready in 30 seconds.</exception>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) => WaitUntilAsync(
        async () =>
        {
            var replication = await InfoAsync("replication");
            var persistence = await InfoAsync("persistence");
            return persistence["loading"] == "0" && (replication["role"] == "master" || replication["master_link_status"] == "up");
        },
        cancellationToken);

    /// <summary>The fields of one section of <c>INFO</c>.</summary>
    public async Task<IReadOnlyDictionary<string, string>> InfoAsync(string section) =>
        ((string)(await ExecuteAsync("INFO", section))!).Split('\n', StringSplitOptions.TrimEntries)
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
}
