using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>Tests of the API on real nodes, with an API of its own for every test.</summary>
/// <param name="fixture">The nodes.</param>
/// <param name="hasAdminKey">Whether <see cref="Client"/> has the admin key.</param>
/// <param name="settings">Configuration that differs from that of other tests.</param>
public abstract class ApiTests(RedisFixture fixture, bool hasAdminKey, params (string Name, string? Value)[] settings) : IAsyncLifetime
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected RedisReplication Redis => fixture.Redis;

    private protected ApiFactory Api { get; private set; } = null!;

    protected HttpClient Client { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Api = await StartAsync(settings);
        Client = hasAdminKey ? Api.CreateAdminClient() : Api.CreateClient();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected virtual Task<ApiFactory> StartAsync((string Name, string? Value)[] settings) => ApiFactory.StartAsync(Redis, settings);
}
