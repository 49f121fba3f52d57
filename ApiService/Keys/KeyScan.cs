using System.Globalization;

namespace RedisAspire.ApiService.Keys;

/// <summary>A scan of a node's keys in steps of a few hundred, so that the node is never busy with it for long.</summary>
internal sealed class KeyScan
{
    private const string Beginning = "0";

    private readonly IDatabase _database;
    private readonly KeyPattern _pattern;
    private readonly string? _type;
    private readonly KeyOptions _options;
    private readonly TimeProvider _time;
    private readonly long _started;

    /// <summary>Begins or continues a scan.</summary>
    /// <param name="database">The node.</param>
    /// <param name="pattern">Which keys.</param>
    /// <param name="type">Of which type; any by default.</param>
    /// <param name="position">Where an earlier scan came to.</param>
    /// <param name="options">How far it may go.</param>
    /// <param name="time">The clock.</param>
    public KeyScan(IDatabase database, KeyPattern pattern, string? type, string? position, IOptions<KeyOptions> options, TimeProvider time)
    {
        _database = database;
        _pattern = pattern;
        _type = type;
        _options = options.Value;
        _time = time;
        _started = time.GetTimestamp();
        Position = position ?? Beginning;
    }

    public const int MaximumCount = 500;

    public string Position { get; private set; }

    /// <summary>About how many keys the scan has examined.</summary>
    public long Scanned { get; private set; }

    public bool IsComplete { get; private set; }

    /// <summary>Whether there are more keys, and the request may scan them.</summary>
    public bool MayGoOn => !IsComplete && Scanned < _options.MaximumScanned && _time.GetElapsedTime(_started) < _options.MaximumScanTime;

    /// <summary>Whether a position can be one of a scan.</summary>
    public static bool IsPosition(string text) => ulong.TryParse(text, CultureInfo.InvariantCulture, out _);

    /// <summary>Scans about so many of the next keys. A later call may return a key again, when Redis has resized its table meanwhile.</summary>
    public async Task<byte[][]> NextAsync(int count, CancellationToken cancellationToken)
    {
        if (_pattern.IsExact)
            return await FindAsync(cancellationToken);

        count = Math.Clamp(count, 1, MaximumCount);
        List<object> arguments = [Position, "COUNT", count];
        if (!_pattern.IsAll)
            arguments.AddRange(["MATCH", _pattern.Glob]);
        if (_type is not null)
            arguments.AddRange(["TYPE", _type]);

        // The scan of StackExchange.Redis has no type filter, and does not expose the cursor for the next request.
        var page = (RedisResult[])(await _database.ExecuteAsync("SCAN", [.. arguments]).WaitAsync(_options.OperationTimeout, cancellationToken))!;
        Position = (string)page[0]!;
        Scanned += count;
        IsComplete = Position == Beginning;
        return (byte[][])page[1]!;
    }

    private async Task<byte[][]> FindAsync(CancellationToken cancellationToken)
    {
        var type = (string?)await _database.ExecuteAsync("TYPE", _pattern.Start).WaitAsync(_options.OperationTimeout, cancellationToken);
        (Scanned, IsComplete) = (1, true);
        return type == "none" || (_type is not null && type != _type) ? [] : [_pattern.Start];
    }
}

/// <summary>How much work one request for keys may make (<c>Keys</c> in the configuration).</summary>
internal sealed class KeyOptions
{
    /// <summary>About how many keys one request examines before it answers with the keys found so far and a cursor. 50,000 by default.</summary>
    public int MaximumScanned { get; set; } = 50_000;

    /// <summary>How long one request scans before it answers with the keys found so far and a cursor. 500 ms by default.</summary>
    public TimeSpan MaximumScanTime { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a node may take to answer. Two seconds by default.</summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>Finds the node that a request is for.</summary>
internal sealed class KeyNodes(RedisTopology topology, RedisNodes nodes)
{
    public KeyNode Master => Find(topology.Snapshot.Master ?? throw new RedisUnavailableException("No Redis master is up."));

    /// <summary>A node; the master when none is named, so that every write is visible at once.</summary>
    /// <exception cref="KeyNotFoundException">There is no node of this name.</exception>
    public KeyNode Find(string? name) => name is null ? Master : new KeyNode(name, nodes.DatabaseOf(name));

    /// <summary>The same for commands that read. Where the configuration has a user for them, the node itself refuses any other command.</summary>
    public async Task<KeyNode> FindReadOnlyAsync(string? name, CancellationToken cancellationToken)
    {
        var node = Find(name);
        return node with { Database = await nodes.ReadOnlyDatabaseOfAsync(node.Name, cancellationToken) };
    }
}

internal sealed record KeyNode(string Name, IDatabase Database);
