namespace RedisAspire.ApiService.Db;

/// <summary>What became of a write.</summary>
internal enum WriteOutcome
{
    /// <summary>There is a product where there was none.</summary>
    Created,

    /// <summary>There is another product than before.</summary>
    Replaced,

    /// <summary>The product is gone.</summary>
    Deleted,

    /// <summary>There is no product that could be deleted.</summary>
    Missing,

    /// <summary>The product is not what the write requires it to be.</summary>
    Refused,
}
