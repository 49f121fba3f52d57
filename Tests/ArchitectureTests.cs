using System.Xml.Linq;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using RedisAspire.Caching;
using RedisAspire.Tests.Support;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace RedisAspire.Tests;

/// <summary>The arrows between the projects, and between the folders of Caching, point one way.</summary>
public sealed class ArchitectureTests
{
    // Each folder may use those before it.
    private static readonly string[] Folders = ["Tracking", "Near", "Telemetry", "Store", "Lookup"];

    private static readonly Architecture Caching = new ArchLoader().LoadAssemblies(typeof(ReplicatedCache).Assembly).Build();

    public static TheoryData<string, string> Arrows => new(
        from later in Enumerable.Range(1, Folders.Length - 1)
        from earlier in Enumerable.Range(0, later)
        select (Folders[earlier], Folders[later]));

    [Theory]
    [InlineData("Contracts")]
    [InlineData("ServiceDefaults")]
    [InlineData("Topology")]
    [InlineData("Caching", "Topology")]
    [InlineData("Hosting", "Topology")]
    [InlineData("ApiService", "Caching", "Contracts", "ServiceDefaults")]
    [InlineData("Web", "Contracts", "ServiceDefaults")]
    [InlineData("AppHost", "ApiService", "Hosting", "Web")]
    public void A_project_references_those_it_may_and_no_others(string project, params string[] allowed)
    {
        var file = XDocument.Load(Path.Combine(Repository.Root, project, $"{project}.csproj"));

        var referenced = file.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.Equal(allowed, referenced.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Arrows))]
    public void A_folder_of_Caching_knows_nothing_of_the_later_ones(string folder, string later)
    {
        var rule = Types().That().Are(Caching.Types.Where(type => IsIn(type, folder))).Should().NotDependOnAny(Caching.Types.Where(type => IsIn(type, later)));

        Assert.Contains(Caching.Types, type => IsIn(type, folder));
        Assert.All(rule.Evaluate(Caching), result => Assert.True(result.Passed, result.Description));
    }

    [Fact]
    public void What_a_folder_uses_is_seen()
    {
        var rule = Types().That().Are(Caching.Types.Where(type => IsIn(type, "Lookup"))).Should().NotDependOnAny(Caching.Types.Where(type => IsIn(type, "Store")));

        Assert.Contains(rule.Evaluate(Caching), result => !result.Passed);
    }

    [Fact]
    public void No_folder_of_Caching_knows_the_cache_that_is_made_of_them()
    {
        var whole = Caching.Types.Where(type => type.Name is nameof(ReplicatedCache) or nameof(ReplicatedDistributedCache));
        var rule = Types().That().Are(Caching.Types.Where(type => Folders.Any(folder => IsIn(type, folder)))).Should().NotDependOnAny(whole);

        Assert.Equal(2, whole.Count());
        Assert.All(rule.Evaluate(Caching), result => Assert.True(result.Passed, result.Description));
    }

    private static bool IsIn(IType type, string folder) => type.Namespace.FullName == $"RedisAspire.Caching.{folder}";
}
