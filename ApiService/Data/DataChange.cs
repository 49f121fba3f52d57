namespace RedisAspire.ApiService.Data;

/// <summary>What has come of changing a value.</summary>
internal enum DataChange
{
    /// <summary>Nothing was changed: the value is not what it had to be.</summary>
    Refused,

    /// <summary>The database has the value; another instance may still serve the old one until the master is back.</summary>
    Outstanding,

    /// <summary>The database has the value, and no cache has the old one.</summary>
    Everywhere,
}
