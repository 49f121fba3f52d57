using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>Nodes and the API on them, for all tests of a class.</summary>
public class ApiFixture : IAsyncLifetime
{
    private readonly RedisFixture _redis = new();

    internal RedisReplication Redis => _redis.Redis;

    internal ApiFactory Api { get; private set; } = null!;

    /// <summary>A client that has the admin key.</summary>
    internal HttpClient Admin { get; private set; } = null!;

    /// <summary>A client that has not.</summary>
    internal HttpClient Anybody { get; private set; } = null!;

    /// <summary>Configuration that differs from that of other tests.</summary>
    protected virtual (string Name, string? Value)[] Settings => [];

    public async ValueTask InitializeAsync()
    {
        await _redis.InitializeAsync();
        Api = await StartAsync();
        Admin = Api.CreateAdminClient();
        Anybody = Api.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await _redis.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected virtual Task<ApiFactory> StartAsync() => ApiFactory.StartAsync(Redis, Settings);
}
