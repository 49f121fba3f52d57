using RedisAspire.Hosting;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A sentinel in a container: it watches the nodes, and promotes a replica when most sentinels agree that the master is gone.</summary>
public sealed class RedisSentinelResource : ContainerResource, IResourceWithConnectionString
{
    private readonly ParameterResource _password;

    internal RedisSentinelResource(string name, ParameterResource password)
        : base(name)
    {
        _password = password;
        PrimaryEndpoint = new EndpointReference(this, RedisMember.EndpointName);
    }

    /// <summary>Where it listens.</summary>
    public EndpointReference PrimaryEndpoint { get; }

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.HostAndPort)},password={_password}");
}
