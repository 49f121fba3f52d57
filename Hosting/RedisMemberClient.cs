using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace RedisAspire.Hosting;

/// <summary>Asks a node or sentinel a command on a connection that is closed again.</summary>
internal static class RedisMemberClient
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether a node or sentinel answers.</summary>
    public static async Task<HealthCheckResult> CheckAsync(RedisMember member, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerTimeout);
        try
        {
            await PingAsync(member, deadline.Token);
            return HealthCheckResult.Healthy("It answers.");
        }
        catch (RedisException failure)
        {
            return HealthCheckResult.Unhealthy($"Down: {failure.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("Down: it does not answer.");
        }
    }

    /// <summary>Waits until a node or sentinel answers, which is after a node has loaded its data.</summary>
    public static async Task WaitUntilAnsweringAsync(RedisMember member, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await PingAsync(member, cancellationToken);
                return;
            }
            catch (Exception failure) when (failure is RedisException or TimeoutException)
            {
                await Task.Delay(RetryDelay, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Lets a sentinel poll every node once a second instead of every ten, for as long as it runs, so that a manual failover
    /// on a developer's machine is fast. The configuration file has no setting for that.
    /// </summary>
    public static Task HurryAsync(RedisMember sentinel, CancellationToken cancellationToken) =>
        AskAsync(sentinel, server => server.ExecuteAsync("SENTINEL", "DEBUG", "INFO-PERIOD", "1000"), cancellationToken);

    private static Task PingAsync(RedisMember member, CancellationToken cancellationToken) => AskAsync(member, server => server.PingAsync(), cancellationToken);

    private static async Task AskAsync(RedisMember member, Func<IServer, Task> ask, CancellationToken cancellationToken)
    {
        var options = ConfigurationOptions.Parse((await member.ConnectionString.GetValueAsync(cancellationToken))!);
        // It goes on connecting until the node listens.
        options.AbortOnConnectFail = false;
        if (member.IsSentinel)
            options.CommandMap = CommandMap.Sentinel;
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(cancellationToken);
        await ask(connection.GetServers()[0]).WaitAsync(cancellationToken);
    }
}
