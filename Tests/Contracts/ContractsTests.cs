using System.Reflection;
using System.Runtime.CompilerServices;
using RedisAspire.Contracts;

namespace RedisAspire.Tests.Contracts;

/// <summary>What the API and the page say to each other belongs to neither of them.</summary>
public sealed class ContractsTests
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Assembly Records = typeof(NodeResponse).Assembly;

    [Fact]
    public void They_have_no_logic() =>
        // The compiler marks what it writes itself: of a record everything but what somebody has added.
        Assert.DoesNotContain(Records.GetExportedTypes().SelectMany(type => type.GetMethods(Own)), method => !method.IsDefined(typeof(CompilerGeneratedAttribute)));
}
