using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>Nodes and the API on them for a whole class of tests, in which one request looks at about 2,000 keys at most.</summary>
public sealed class KeysFixture : IAsyncLifetime
{
    private readonly RedisFixture _redis = new();

    internal RedisReplication Redis => _redis.Redis;

    internal ApiFactory Api { get; private set; } = null!;

    /// <summary>A client that has the admin key.</summary>
    internal HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _redis.InitializeAsync();
        Api = await ApiFactory.StartQuietAsync(Redis, ("Keys:MaximumScanned", "2000"));
        Client = Api.CreateAdminClient();
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await _redis.DisposeAsync();
    }
}
