using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>Tests of the API with nodes and an API of their own for every test, because they stop some, or change or count what is in them.</summary>
/// <param name="hasAdminKey">Whether <see cref="Client"/> has the admin key.</param>
/// <param name="settings">Configuration that differs from that of other tests.</param>
public abstract class OwnNodesApiTests(bool hasAdminKey, params (string Name, string? Value)[] settings) : IAsyncLifetime
{
    private readonly RedisFixture _fixture = new();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected RedisReplication Redis => _fixture.Redis;

    private protected ApiFactory Api { get; private set; } = null!;

    protected HttpClient Client { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        Api = await StartAsync(settings);
        Client = hasAdminKey ? Api.CreateAdminClient() : Api.CreateClient();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await _fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected virtual Task<ApiFactory> StartAsync((string Name, string? Value)[] settings) => ApiFactory.StartAsync(Redis, settings);
}
