using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace RedisAspire.Topology;

/// <summary>Listens to all sentinels and finds the node that they report as the master.</summary>
internal sealed partial class SentinelWatch(RedisTopologyOptions options, RedisNode[] nodes, Action changed, TimeProvider time, ILogger logger)
{
    private readonly SentinelLink[] _links = [.. options.Sentinels.Select(sentinel => new SentinelLink(
        sentinel.Key, RedisNodeEndpoint.Parse(sentinel.Key, sentinel.Value), options.SentinelServiceName, options.PollInterval, changed, time, logger))];
    private volatile Dictionary<string, IPAddress[]> _addresses = new(StringComparer.OrdinalIgnoreCase);
    // The last master that a sentinel has named and that is none of the configured nodes.
    private readonly Channel<SentinelOpinion> _strangers = Channel.CreateBounded<SentinelOpinion>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>The sentinels, whether they answer or not.</summary>
    public IReadOnlyList<SentinelLink> Links => _links;

    /// <summary>The state of each of them now.</summary>
    public IReadOnlyList<RedisSentinelStatus> Statuses => Array.ConvertAll(_links, link => link.Opinion is { } opinion
        ? new RedisSentinelStatus(
            link.Name, link.Endpoint.Address, Answers: true, Error: null, Find(opinion)?.Name, $"{opinion.Host}:{opinion.Port}", opinion.Epoch, opinion.Quorum, opinion.OtherSentinels)
        : new RedisSentinelStatus(
            link.Name, link.Endpoint.Address, Answers: false, link.Error ?? "not asked yet", Master: null, MasterAddress: null, Epoch: null, Quorum: null, OtherSentinels: null));

    /// <summary>The master according to the sentinels; <see langword="null"/> when none answers, or they name an unknown node.</summary>
    public RedisNode? Master
    {
        get
        {
            SentinelOpinion? best = null;
            foreach (var link in _links)
            {
                if (link.Opinion is { } opinion && opinion.KnowsBetterThan(best))
                    best = opinion;
            }

            return best is null ? null : Find(best);
        }
    }

    public bool IsFailingOver => Array.Exists(_links, link => link.Opinion is { IsFailingOver: true });

    public async Task RunAsync(CancellationToken stopping)
    {
        if (_links.Length == 0)
            return;
        await ResolveAsync(stopping).ConfigureAwait(false);
        await Task.WhenAll([FollowNamesAsync(stopping), .. _links.Select(link => link.RunAsync(stopping))]).ConfigureAwait(false);
    }

    /// <summary>Finds out the addresses of the nodes' names: they change when containers are made anew.</summary>
    public async Task ResolveAsync(CancellationToken cancellationToken)
    {
        var addresses = new Dictionary<string, IPAddress[]>(_addresses, StringComparer.OrdinalIgnoreCase);
        // A name that only the nodes know cannot be resolved here: sentinels have to call the node by it.
        foreach (var host in nodes.Select(node => node.Peer.Host).Intersect(nodes.Select(node => node.Endpoint.Host), StringComparer.OrdinalIgnoreCase))
        {
            try
            {
                addresses[host] = await options.ResolveAsync(host, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is SocketException or ArgumentException)
            {
                // What was known of it is better than nothing.
                addresses.TryAdd(host, []);
            }
        }

        _addresses = addresses;
    }

    /// <summary>Whether a sentinel that names an address means this node.</summary>
    public bool IsMeant(RedisNode node, string host, string? port) => node.Peer.Port == port && IsSameHost(node.Peer.Host, host);

    private RedisNode? Find(SentinelOpinion opinion)
    {
        var node = FindKnown(opinion);
        if (node is null)
            _strangers.Writer.TryWrite(opinion);
        return node;
    }

    private RedisNode? FindKnown(SentinelOpinion opinion) => Array.Find(nodes, node => IsMeant(node, opinion.Host, $"{opinion.Port}"));

    // A stranger may be a node whose name has another address by now.
    private async Task FollowNamesAsync(CancellationToken stopping)
    {
        SentinelOpinion? logged = null;
        await foreach (var stranger in _strangers.Reader.ReadAllAsync(stopping).ConfigureAwait(false))
        {
            await ResolveAsync(stopping).ConfigureAwait(false);
            if (FindKnown(stranger) is not null)
                changed();
            else if (stranger != logged)
                LogStranger(stranger.Host, stranger.Port);
            logged = stranger;
            await Task.Delay(options.PollInterval, time, stopping).ConfigureAwait(false);
        }
    }

    private bool IsSameHost(string configured, string reported) =>
        string.Equals(configured, reported, StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(reported, out var address) && _addresses.TryGetValue(configured, out var known) && known.Contains(address));

    [LoggerMessage(LogLevel.Warning, "The sentinels name {Host}:{Port} as the master, which is none of the configured nodes: roles are taken from the nodes themselves.")]
    private partial void LogStranger(string host, int port);
}

/// <summary>What is known of one sentinel at one moment.</summary>
/// <param name="Name">Its name in the configuration, for example <c>redis-sentinel-1</c>.</param>
/// <param name="Address">Where it listens, as <c>host:port</c>.</param>
/// <param name="Answers">Whether it answers.</param>
/// <param name="Error">Why it does not; <see langword="null"/> when it does.</param>
/// <param name="Master">The name of the node that it takes for the master; <see langword="null"/> when that is none of ours.</param>
/// <param name="MasterAddress">The address of the master by its word.</param>
/// <param name="Epoch">The configuration epoch: of two sentinels the one with the higher knows better.</param>
/// <param name="Quorum">How many sentinels have to take the master for down before it is replaced.</param>
/// <param name="OtherSentinels">How many other sentinels it knows.</param>
public sealed record RedisSentinelStatus(
    string Name,
    string Address,
    bool Answers,
    string? Error,
    string? Master,
    string? MasterAddress,
    long? Epoch,
    int? Quorum,
    int? OtherSentinels);
