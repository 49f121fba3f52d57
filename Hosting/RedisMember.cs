namespace RedisAspire.Hosting;

/// <summary>A node or sentinel.</summary>
/// <param name="resource">The resource that the application's model has for it, whatever it runs as.</param>
/// <param name="isSentinel">Whether it is a sentinel.</param>
internal sealed class RedisMember(ContainerResource resource, bool isSentinel)
{
    /// <summary>The name of every member's only endpoint, as in Aspire.Hosting.Redis.</summary>
    public const string EndpointName = "tcp";

    /// <summary>The resource.</summary>
    public ContainerResource Resource { get; } = resource;

    /// <summary>What the orchestrator runs: the resource itself, or a process in its place.</summary>
    public IResource Running { get; set; } = resource;

    /// <summary>Whether it is a sentinel.</summary>
    public bool IsSentinel { get; } = isSentinel;

    /// <summary>Where it listens.</summary>
    public EndpointReference Endpoint { get; } = new(resource, EndpointName);

    /// <summary>What it is at the moment, for people.</summary>
    public string Role { get; set; } = isSentinel ? "Sentinel" : "Redis";

    public string Name => Resource.Name;

    /// <summary>What the dashboard shows as its address.</summary>
    public string Address => $"{Role} at {Endpoint.Host}:{Endpoint.Port}";

    /// <summary>Its connection string.</summary>
    public ReferenceExpression ConnectionString => ((IResourceWithConnectionString)Resource).ConnectionStringExpression;

    /// <summary>What the other members call it, for those outside their network.</summary>
    public ReferenceExpression PeerAddress(RedisRuntime? runtime)
    {
        var endpoint = new EndpointReference(
            Resource, EndpointName, runtime == RedisRuntime.Container ? KnownNetworkIdentifiers.DefaultAspireContainerNetwork : KnownNetworkIdentifiers.LocalhostNetwork);
        return ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.IPV4Host)}:{endpoint.Property(EndpointProperty.Port)}");
    }
}
