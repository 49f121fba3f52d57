using RedisAspire.Hosting;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// A Redis master, its replicas and the sentinels that watch them, as one resource. A node's name is a name, not a role:
/// after a failover another node than the one called master is it.
/// </summary>
public sealed class RedisReplicationResource : Resource, IResourceWithConnectionString
{
    private readonly List<RedisMember> _members = [];

    internal RedisReplicationResource(string name, RedisRuntimeChoice choice, RedisCredentials credentials)
        : base(name)
    {
        Choice = choice;
        Credentials = credentials;
    }

    /// <summary>What nodes and sentinels run as.</summary>
    public RedisRuntime Runtime => Choice.Runtime;

    /// <summary>The nodes that keep data, the one that starts as the master first.</summary>
    public IEnumerable<IResourceWithConnectionString> Nodes => NodeMembers.Select(member => member.Resource);

    /// <summary>The sentinels.</summary>
    public IEnumerable<IResourceWithConnectionString> Sentinels => SentinelMembers.Select(member => member.Resource);

    /// <summary>All nodes in one connection string of StackExchange.Redis, which finds the master among them.</summary>
    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var all = new ReferenceExpressionBuilder();
            foreach (var node in NodeMembers)
                all.Append($"{node.Endpoint.Property(EndpointProperty.HostAndPort)},");
            all.Append($"password={Credentials.Application}");
            return all.Build();
        }
    }

    internal RedisRuntimeChoice Choice { get; }

    internal RedisCredentials Credentials { get; }

    internal IReadOnlyList<RedisMember> Members => _members;

    internal IEnumerable<RedisMember> NodeMembers => _members.Where(member => !member.IsSentinel);

    internal IEnumerable<RedisMember> SentinelMembers => _members.Where(member => member.IsSentinel);

    internal RedisNodeSettings Settings { get; set; } = new();

    internal void Add(RedisMember member) => _members.Add(member);
}
