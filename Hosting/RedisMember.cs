namespace RedisAspire.Hosting;

/// <summary>A node or sentinel, whatever it runs as.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Endpoint">Where it listens.</param>
/// <param name="IsSentinel">Whether it is a sentinel.</param>
internal sealed record RedisMember(IResourceWithConnectionString Resource, EndpointReference Endpoint, bool IsSentinel)
{
    /// <summary>The name of every member's only endpoint, as in Aspire.Hosting.Redis.</summary>
    public const string EndpointName = "tcp";

    public string Name => Resource.Name;

    /// <summary>What the dashboard shows as its address.</summary>
    /// <param name="role">What listens there.</param>
    public string AddressOf(string role) => $"{role} at {Endpoint.Host}:{Endpoint.Port}";

    /// <summary>What the other members call it, for those outside their network.</summary>
    public ReferenceExpression PeerAddress(RedisRuntime runtime)
    {
        var endpoint = new EndpointReference(
            Endpoint.Resource, EndpointName, runtime == RedisRuntime.Container ? KnownNetworkIdentifiers.DefaultAspireContainerNetwork : KnownNetworkIdentifiers.LocalhostNetwork);
        return ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.IPV4Host)}:{endpoint.Property(EndpointProperty.Port)}");
    }
}
