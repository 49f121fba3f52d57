namespace RedisAspire.ApiService.Keys;

/// <summary>A scan of a node's keys in steps of a few hundred, so that the node is never busy with it for long. It begins where an earlier one came to.</summary>
internal sealed class KeyScan(IDatabase database, KeyPattern pattern, string? type, string? position, IOptions<KeyOptions> options, TimeProvider time)
{
    public const int MaximumCount = 500;

    private const string Beginning = "0";

    private readonly KeyOptions _options = options.Value;
    private readonly long _started = time.GetTimestamp();

    public string Position { get; private set; } = position ?? Beginning;

    /// <summary>About how many keys the scan has examined.</summary>
    public long Scanned { get; private set; }

    public bool IsComplete { get; private set; }

    /// <summary>Whether there are more keys, and the request may scan them.</summary>
    public bool MayGoOn => !IsComplete && Scanned < _options.MaximumScanned && time.GetElapsedTime(_started) < _options.MaximumScanTime;

    /// <summary>Whether a position can be one of a scan.</summary>
    public static bool IsPosition(string text) => ulong.TryParse(text, CultureInfo.InvariantCulture, out _);

    /// <summary>Scans about so many of the next keys. A later call may return a key again, when Redis has resized its table meanwhile.</summary>
    public async Task<byte[][]> NextAsync(int count, CancellationToken cancellationToken)
    {
        if (pattern.IsExact)
            return await FindAsync(cancellationToken);

        count = Math.Clamp(count, 1, MaximumCount);
        List<object> arguments = [Position, "COUNT", count];
        if (!pattern.IsAll)
            arguments.AddRange(["MATCH", pattern.Glob]);
        if (type is not null)
            arguments.AddRange(["TYPE", type]);

        // The scan of StackExchange.Redis has no type filter, and does not expose the cursor for the next request.
        var page = (RedisResult[])(await database.ExecuteAsync("SCAN", [.. arguments]).WaitAsync(_options.OperationTimeout, cancellationToken))!;
        Position = (string)page[0]!;
        Scanned += count;
        IsComplete = Position == Beginning;
        return (byte[][])page[1]!;
    }

    public Task<long> CountAllAsync(CancellationToken cancellationToken) => database.Server().DatabaseSizeAsync(database.Database).WaitAsync(_options.OperationTimeout, cancellationToken);

    private async Task<byte[][]> FindAsync(CancellationToken cancellationToken)
    {
        var found = (string?)await database.ExecuteAsync("TYPE", pattern.Start).WaitAsync(_options.OperationTimeout, cancellationToken);
        (Scanned, IsComplete) = (1, true);
        return found == "none" || (type is not null && type != found) ? [] : [pattern.Start];
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
