using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(RedisAspire.Tests.Support.LongestFirst))]

namespace RedisAspire.Tests.Support;

/// <summary>Begins with the collections that share a whole application: each is a long row of tests, and whatever else there is runs beside it.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection => collection.TestCollectionClassName is not null).ThenBy(collection => collection.UniqueID, StringComparer.Ordinal)];
}
