using System.Globalization;
using System.Net;

namespace RedisAspire.Topology;

/// <summary>Which Redis nodes there are, and how often they are polled.</summary>
public sealed class RedisTopologyOptions
{
    // As a person would: the master first, redis-replica-2 before redis-replica-10.
    private static readonly StringComparer NameOrder = StringComparer.Create(CultureInfo.InvariantCulture, CompareOptions.NumericOrdering);

    /// <summary>
    /// The nodes by name, each with its StackExchange.Redis connection string. Filled from the configuration:
    /// every connection string named <c>{connectionName}-master</c> or <c>{connectionName}-replica-…</c>. A setting that not every connection could
    /// obey, such as <c>defaultDatabase</c>, is refused at start.
    /// </summary>
    public IDictionary<string, string> Nodes { get; } = new SortedDictionary<string, string>(NameOrder);

    /// <summary>How often every node is asked for its state. One second by default.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a node may take to answer before it counts as down. 800 ms by default.</summary>
    public TimeSpan PollTimeout { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>
    /// The sentinels by name, each with its connection string. Where there are sentinels, they decide which node is the master.
    /// Filled from the configuration: every connection string named <c>{connectionName}-sentinel-…</c>.
    /// </summary>
    public IDictionary<string, string> Sentinels { get; } = new SortedDictionary<string, string>(NameOrder);

    /// <summary>Finds the addresses of a name.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> ResolveAsync { get; set; } = Dns.GetHostAddressesAsync;

    /// <summary>What the sentinels call the group of master and replicas. <c>mymaster</c> by default.</summary>
    public string SentinelServiceName { get; set; } = "mymaster";

    /// <summary>
    /// Where the other nodes and the sentinels reach a node, as <c>host:port</c> by the node's name, if that is not the
    /// address of its connection string: for an application outside the network of the nodes' containers, for instance.
    /// </summary>
    public IDictionary<string, string> PeerAddresses { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The ACL user that may change roles and priorities; that of the node's connection string when not given.</summary>
    public string? OperatorUser { get; set; }

    /// <summary>The password of <see cref="OperatorUser"/>.</summary>
    public string? OperatorPassword { get; set; }

    /// <summary>The ACL user that may only read, for what a person asks of a node; that of the node's connection string when not given.</summary>
    public string? ReaderUser { get; set; }

    /// <summary>The password of <see cref="ReaderUser"/>.</summary>
    public string? ReaderPassword { get; set; }
}
