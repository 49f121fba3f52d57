using RedisAspire.Tests.Topology;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(RedisAspire.Tests.Support.LongestFirst))]

namespace RedisAspire.Tests.Support;

/// <summary>
/// Begins with the collections that share a whole application, and with the tests that wait for sentinels most: each is a
/// long row, and whatever else there is runs beside it.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections
            .OrderByDescending(collection => collection.TestCollectionClassName is not null)
            .ThenByDescending(collection => collection.TestCollectionDisplayName.Contains(typeof(RedisSentinelTests).FullName!, StringComparison.Ordinal))
            .ThenBy(collection => collection.UniqueID, StringComparer.Ordinal)];
}
