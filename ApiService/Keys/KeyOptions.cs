namespace RedisAspire.ApiService.Keys;

/// <summary>How much work one request for keys may make (<c>Keys</c> in the configuration).</summary>
internal sealed class KeyOptions
{
    /// <summary>About how many keys one request looks at before it answers with what it has and a cursor. 50,000 by default.</summary>
    public int MaximumScanned { get; set; } = 50_000;

    /// <summary>How long one request scans before it answers with what it has and a cursor. 500 ms by default.</summary>
    public TimeSpan MaximumScanTime { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a node may take to answer. Two seconds by default.</summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
