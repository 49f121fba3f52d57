namespace RedisAspire.Caching.Resp;

/// <summary>What a <see cref="RespReader"/> takes from the other side before it gives up.</summary>
internal sealed record RespLimits
{
    /// <summary>The longest line: a status, an error, a number or the header of something longer.</summary>
    public int MaximumLineBytes { get; init; } = 64 * 1024;

    /// <summary>The longest blob.</summary>
    public int MaximumBlobBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How deep aggregates may be nested.</summary>
    public int MaximumDepth { get; init; } = 32;

    /// <summary>How many elements one frame may have, those of the aggregates in it included.</summary>
    public int MaximumElements { get; init; } = 1 << 20;
}
