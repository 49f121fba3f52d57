namespace RedisAspire.Tests.ApiService;

/// <summary>Nodes and the API on them for a whole class of tests of the catalogue.</summary>
public sealed class CatalogueFixture : ApiFixture
{
    // Many tests share few cores: a replica that is slow here has still to be waited for.
    protected override (string Name, string? Value)[] Settings => [("Db:ReplicationTimeout", "00:00:10"), ("Db:OperationTimeout", "00:00:02")];

    internal ProductClient Products => new(Admin);
}
