using RedisAspire.Hosting;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Redis node or sentinel as a <c>redis-server</c> process on loopback.</summary>
public sealed class RedisProcessResource : ExecutableResource, IResourceWithConnectionString
{
    private readonly ParameterResource _password;

    internal RedisProcessResource(string name, ParameterResource password)
        : base(name, RedisServerProgram.Path ?? "redis-server", ".")
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
