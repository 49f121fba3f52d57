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

    extension(HistoryEntryResponse lookup)
    {
        /// <summary>Whether the value came from the cache.</summary>
        public bool IsHit => lookup.Level != "source";
    }
}
