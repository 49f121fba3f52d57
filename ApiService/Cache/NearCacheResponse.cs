namespace RedisAspire.ApiService.Cache;

/// <summary>The values that are kept in processes.</summary>
/// <param name="State"><c>armed</c> where Redis tells of changes, <c>bypassed</c> where it cannot now, so that nothing is kept; <c>partly armed</c> of several instances.</param>
/// <param name="Entries">How many there are.</param>
/// <param name="Bytes">How many bytes they count for.</param>
internal sealed record NearCacheResponse(string State, long Entries, long Bytes)
{
    public static NearCacheResponse Of(IReadOnlyCollection<InstanceFigures> instances)
    {
        var armed = instances.Count(instance => instance.IsNearCacheOpen);
        return new(
            armed == instances.Count ? "armed" : armed == 0 ? "bypassed" : "partly armed",
            instances.Sum(instance => (long)instance.NearEntries),
            instances.Sum(instance => instance.NearBytes));
    }
}
