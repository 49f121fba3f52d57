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

    private RedisNode? Find(SentinelOpinion opinion)
    {
        var node = Array.Find(_nodes, node => node.Endpoint.Port == opinion.Port && IsSameHost(node.Endpoint.Host, opinion.Host));
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
        foreach (var host in _nodes.Select(node => node.Endpoint.Host).Distinct(StringComparer.OrdinalIgnoreCase))
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
