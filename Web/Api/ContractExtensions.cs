namespace RedisAspire.Web.Api;

/// <summary>What pages ask of the API's answers again and again.</summary>
internal static class ContractExtensions
{
    extension(NodeResponse node)
    {
        /// <summary>Whether the node answers.</summary>
        public bool IsUp => node.Status == "up";
    }

    extension(KeyTreeItemResponse item)
    {
        /// <summary>Whether there is a level below.</summary>
        public bool IsPrefix => item.Kind == "prefix";
    }

    extension(DataResponse answer)
    {
        /// <summary>Whether the value came from the cache.</summary>
        public bool IsHit => answer.Source == "cache";
    }

    /// <summary>A moment so many seconds later; the last there is when they are too many, because keys may live for longer than there are dates.</summary>
    public static DateTimeOffset AfterSeconds(this DateTimeOffset moment, double seconds) =>
        seconds < (DateTimeOffset.MaxValue - moment).TotalSeconds ? moment.AddSeconds(seconds) : DateTimeOffset.MaxValue;

    extension(HistoryEntryResponse lookup)
    {
        /// <summary>Whether the value came from the cache.</summary>
        public bool IsHit => lookup.Level != "source";
    }
}
