using System.Reflection;
using RedisAspire.Hosting;
using RedisAspire.Topology;

namespace RedisAspire.Tests.Topology;

/// <summary>What the libraries may know of each other.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void The_topology_knows_no_other_project() => Assert.Empty(OursIn(typeof(RedisTopology).Assembly));

    [Fact]
    public void Of_the_libraries_hosting_knows_the_topology_only() => Assert.Equal(["RedisAspire.Topology"], OursIn(typeof(RedisUsers).Assembly));

    private static IEnumerable<string> OursIn(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => name.StartsWith("RedisAspire.", StringComparison.Ordinal));
}
