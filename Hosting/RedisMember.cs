using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace RedisAspire.Hosting;

/// <summary>A node or sentinel, and the resource that the application's model has for it, whatever it runs as.</summary>
internal sealed class RedisMember(ContainerResource resource, bool isSentinel)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>The name of every member's only endpoint, as in Aspire.Hosting.Redis.</summary>
    public const string EndpointName = "tcp";

    public ContainerResource Resource { get; } = resource;

    /// <summary>What the orchestrator runs: the resource itself, or a process in its place.</summary>
    public IResource Running { get; set; } = resource;

    public bool IsSentinel { get; } = isSentinel;

    public EndpointReference Endpoint { get; } = new(resource, EndpointName);

    /// <summary>What it is at the moment, for people.</summary>
    public string Role { get; set; } = isSentinel ? "Sentinel" : "Redis";

    public string Name => Resource.Name;

    /// <summary>What the dashboard shows as its address.</summary>
    public string Address => $"{Role} at {Endpoint.Host}:{Endpoint.Port}";

    public ReferenceExpression ConnectionString => ((IResourceWithConnectionString)Resource).ConnectionStringExpression;

    /// <summary>What the other members call it, for those outside their network.</summary>
    public ReferenceExpression PeerAddress(RedisRuntime? runtime)
    {
        var endpoint = new EndpointReference(
            Resource, EndpointName, runtime == RedisRuntime.Container ? KnownNetworkIdentifiers.DefaultAspireContainerNetwork : KnownNetworkIdentifiers.LocalhostNetwork);
        return ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.IPV4Host)}:{endpoint.Property(EndpointProperty.Port)}");
    }

    /// <summary>Whether it answers.</summary>
    public async Task<HealthCheckResult> CheckAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerTimeout);
        try
        {
            await WaitUntilAnsweringAsync(deadline.Token);
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

    /// <summary>Waits until it answers, which is once it listens and has loaded its data.</summary>
    public async Task WaitUntilAnsweringAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await AskAsync(server => server.PingAsync(), cancellationToken);
                return;
            }
            catch (Exception failure) when (failure is RedisConnectionException or TimeoutException || failure.Message.StartsWith("LOADING", StringComparison.Ordinal))
            {
                await Task.Delay(RetryDelay, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Lets a sentinel poll every node once a second instead of every ten, for as long as it runs, so that a manual failover
    /// on a developer's machine is fast. The configuration file has no setting for that.
    /// </summary>
    public Task HurryAsync(CancellationToken cancellationToken) =>
        AskAsync(server => server.ExecuteAsync("SENTINEL", "DEBUG", "INFO-PERIOD", "1000"), cancellationToken);

    /// <summary>The settings of a connection to it.</summary>
    public async Task<ConfigurationOptions> OptionsAsync(CancellationToken cancellationToken)
    {
        var options = ConfigurationOptions.Parse((await ConnectionString.GetValueAsync(cancellationToken))!);
        // INFO counts as administration; what is allowed is up to Redis.
        options.AllowAdmin = true;
        if (IsSentinel)
            options.CommandMap = CommandMap.Sentinel;
        return options;
    }

    private async Task AskAsync(Func<IServer, Task> ask, CancellationToken cancellationToken)
    {
        var options = await OptionsAsync(cancellationToken);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(cancellationToken);
        await ask(connection.GetServers()[0]).WaitAsync(cancellationToken);
    }
}
