using RedisAspire.Hosting;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// A Redis master, its replicas and the sentinels that watch them, as one resource. A node's name is a name, not a role:
/// after a failover another node than the one called master is it.
/// </summary>
public sealed class RedisReplicationResource : Resource, IResourceWithConnectionString
{
    private readonly List<RedisMember> _members = [];

    internal RedisReplicationResource(string name, RedisCredentials credentials)
        : base(name) => Credentials = credentials;

    /// <summary>What nodes and sentinels run as; <see langword="null"/> until it is decided, just before the application starts.</summary>
    public RedisRuntime? Runtime => Choice?.Runtime;

    /// <summary>The nodes that keep data, the one that starts as the master first.</summary>
    public IEnumerable<RedisResource> Nodes => NodeMembers.Select(member => (RedisResource)member.Resource);

    /// <summary>The sentinels.</summary>
    public IEnumerable<RedisSentinelResource> Sentinels => SentinelMembers.Select(member => (RedisSentinelResource)member.Resource);

    /// <summary>The password of the services, at every node and sentinel.</summary>
    public ParameterResource PasswordParameter => Credentials.Application;

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

    /// <summary>The address of the node that starts as the master, as a URI: <c>redis://:password@host:port</c>.</summary>
    public ReferenceExpression UriExpression => Nodes.First().UriExpression;

    internal RedisRuntimeChoice? Choice { get; set; }

    internal RedisRuntime? WantedRuntime { get; set; }

    internal RedisCredentials Credentials { get; }

    internal IReadOnlyList<RedisMember> Members => _members;

    internal IEnumerable<RedisMember> NodeMembers => _members.Where(member => !member.IsSentinel);

    internal IEnumerable<RedisMember> SentinelMembers => _members.Where(member => member.IsSentinel);

    internal RedisNodeSettings Settings { get; set; } = new();

    internal bool InjectsFaults { get; set; }

    internal List<IResource> Tools { get; } = [];

    internal void Add(RedisMember member) => _members.Add(member);

    // Those of the node that starts as the master, as Aspire's own Redis has them.
    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() =>
        ((IResourceWithConnectionString)Nodes.First()).GetConnectionProperties();
}

/// <summary>What Redis nodes and sentinels run as.</summary>
public enum RedisRuntime
{
    /// <summary>Containers.</summary>
    Container,

    /// <summary><c>redis-server</c> processes on loopback.</summary>
    Process,
}

/// <summary>What Redis evicts when its memory is used up. See https://redis.io/docs/latest/develop/reference/eviction/.</summary>
public enum RedisEvictionPolicy
{
    /// <summary>Nothing: writes are refused.</summary>
    NoEviction,

    /// <summary>The keys that were not used for the longest time.</summary>
    AllKeysLru,

    /// <summary>The keys that are used least often.</summary>
    AllKeysLfu,

    /// <summary>Any keys.</summary>
    AllKeysRandom,

    /// <summary>Of the keys with a time to live, those that were not used for the longest time.</summary>
    VolatileLru,

    /// <summary>Of the keys with a time to live, those that are used least often.</summary>
    VolatileLfu,

    /// <summary>Any keys with a time to live.</summary>
    VolatileRandom,

    /// <summary>The keys that expire next.</summary>
    VolatileTtl,
}
