using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>The API on nodes of its own, for the tests of a class.</summary>
public sealed class CatalogueFixture : IAsyncLifetime
{
    private readonly RedisFixture _fixture = new();
    private ApiFactory _api = null!;

    internal RedisReplication Redis => _fixture.Redis;

    /// <summary>A client that has the admin key.</summary>
    internal HttpClient Admin { get; private set; } = null!;

    /// <summary>A client that has not.</summary>
    internal HttpClient Http { get; private set; } = null!;

    internal ProductClient Products { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        // Many tests share few cores: a replica that is slow here has still to be waited for.
        _api = await ApiFactory.StartAsync(Redis, ("Db:ReplicationTimeout", "00:00:10"), ("Db:OperationTimeout", "00:00:02"));
        Http = _api.CreateClient();
        Admin = _api.CreateAdminClient();
        Products = new ProductClient(Admin);
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _fixture.DisposeAsync();
    }
}
