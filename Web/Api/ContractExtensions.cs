namespace RedisAspire.Web.Api;

/// <summary>Properties of the API's answers that several pages need.</summary>
internal static class ContractExtensions
{
    extension(NodeResponse node)
    {
        public bool IsUp => node.Status == "up";
    }

    extension(KeyTreeItemResponse item)
    {
        /// <summary>Whether there is a level below.</summary>
        public bool IsPrefix => item.Kind == "prefix";
    }

    extension(DataResponse answer)
    {
        public bool IsHit => answer.Source == "cache";
    }

    extension(HistoryEntryResponse lookup)
    {
        public bool IsHit => lookup.Level != "source";
    }

    /// <summary>Adds seconds to a moment. The result is the last possible date when the sum is later, because a key may live longer than dates reach.</summary>
    public static DateTimeOffset AfterSeconds(this DateTimeOffset moment, double seconds) =>
        seconds < (DateTimeOffset.MaxValue - moment).TotalSeconds ? moment.AddSeconds(seconds) : DateTimeOffset.MaxValue;
}
