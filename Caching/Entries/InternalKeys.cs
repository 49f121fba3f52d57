namespace RedisAspire.Caching.Entries;

/// <summary>The keys the cache keeps for itself, beside those of the entries.</summary>
internal static class InternalKeys
{
    /// <summary>What they all start with.</summary>
    public const string Prefix = "app:cache:";

    /// <summary>What the keys of leases start with.</summary>
    public const string LeasePrefix = Prefix + "lease:";

    /// <summary>The channel of <see cref="Coherence.FillHandover"/>.</summary>
    public const string HandoverChannel = Prefix + "handover";

    private const string TagPrefix = Prefix + "tag:";

    /// <summary>Holds the present stamp of a tag. Without time to live: were it lost, entries removed by the tag would come back.</summary>
    public static string Tag(string tag) => $"{TagPrefix}{tag}";

    /// <summary>Whether a key holds the stamp of a tag.</summary>
    public static bool IsTag(string key) => key.StartsWith(TagPrefix, StringComparison.Ordinal);

    /// <summary>Held by the one process that fills an entry.</summary>
    public static string Lease(string key) => $"{LeasePrefix}{key}";

    /// <summary>Holds a value of <see cref="Microsoft.Extensions.Caching.Distributed.IDistributedCache"/>.</summary>
    public static string Distributed(string key) => $"{Prefix}distributed:{key}";
}
