using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace RedisAspire.Caching.Topology;

/// <summary>Listens to all sentinels and says which of our nodes they take for the master.</summary>
internal sealed partial class SentinelWatch
{
    private readonly SentinelLink[] _links;
    private readonly RedisNode[] _nodes;
    private readonly ILogger _logger;
    private Dictionary<string, IPAddress[]> _addresses = new(StringComparer.OrdinalIgnoreCase);
    private SentinelOpinion? _unknown;

    public SentinelWatch(RedisTopologyOptions options, RedisNode[] nodes, Action changed, TimeProvider time, ILogger logger)
    {
        _nodes = nodes;
        _logger = logger;
        _links = [.. options.Sentinels.Select(sentinel => new SentinelLink(
            sentinel.Key, RedisNodeEndpoint.Parse(sentinel.Value), options.SentinelServiceName, options.PollInterval, changed, time, logger))];
    }

    /// <summary>The sentinels, whether they answer or not.</summary>
    public IReadOnlyList<SentinelLink> Links => _links;

    /// <summary>What each of them says now.</summary>
    public IReadOnlyList<RedisSentinelStatus> Statuses => Array.ConvertAll(_links, link =>
    {
        var opinion = link.Opinion;
        return new RedisSentinelStatus(
            link.Name,
            link.Endpoint.Address,
            opinion is not null,
            opinion is null ? link.Complaint ?? "not asked yet" : null,
            opinion is null ? null : Find(opinion)?.Name,
            opinion is null ? null : $"{opinion.Host}:{opinion.Port}",
            opinion?.Epoch,
            opinion?.Quorum,
            opinion?.OtherSentinels);
    });

    /// <summary>The master by the sentinels; <see langword="null"/> when none says anything, or they name a stranger.</summary>
    public RedisNode? Master
    {
        get
        {
            SentinelOpinion? best = null;
            foreach (var link in _links)
            {
                if (link.Opinion is { } opinion && opinion.Epoch >= (best?.Epoch ?? -1))
                    best = opinion;
            }

            return best is null ? null : Find(best);
        }
    }

    /// <summary>Whether a sentinel is making another node the master.</summary>
    public bool IsFailingOver => Array.Exists(_links, link => link.Opinion is { IsFailingOver: true });

    /// <summary>Listens until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        if (_links.Length == 0)
            return;
        await ResolveAsync(stopping).ConfigureAwait(false);
        await Task.WhenAll(_links.Select(link => link.RunAsync(stopping))).ConfigureAwait(false);
    }

    /// <summary>Whether a sentinel that names an address means this node.</summary>
    public bool IsMeant(RedisNode node, string host, string? port) => node.Peer.PortText == port && IsSameHost(node.Peer.Host, host);

    private RedisNode? Find(SentinelOpinion opinion)
    {
        var node = Array.Find(_nodes, node => IsMeant(node, opinion.Host, opinion.Port.ToString(CultureInfo.InvariantCulture)));
        if (node is null && opinion != _unknown)
        {
            _unknown = opinion;
            LogStranger(opinion.Host, opinion.Port);
        }

        return node;
    }

    private bool IsSameHost(string configured, string told) =>
        string.Equals(configured, told, StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(told, out var address) && _addresses.TryGetValue(configured, out var known) && known.Contains(address));

    private async Task ResolveAsync(CancellationToken stopping)
    {
        var addresses = new Dictionary<string, IPAddress[]>(StringComparer.OrdinalIgnoreCase);
        // A name that only the nodes know cannot be resolved here: sentinels have to call the node by it.
        foreach (var host in _nodes.Select(node => node.Peer.Host).Intersect(_nodes.Select(node => node.Endpoint.Host), StringComparer.OrdinalIgnoreCase))
        {
            try
            {
                addresses[host] = await Dns.GetHostAddressesAsync(host, stopping).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is SocketException or ArgumentException)
            {
                addresses[host] = [];
            }
        }

        _addresses = addresses;
    }

    [LoggerMessage(LogLevel.Warning, "The sentinels name {Host}:{Port} as the master, which is none of the configured nodes: roles are taken from the nodes themselves.")]
    private partial void LogStranger(string host, int port);
}
