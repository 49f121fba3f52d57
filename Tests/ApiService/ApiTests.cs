using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>Tests of the API on real nodes, which all tests of a class share.</summary>
/// <param name="fixture">The nodes and the API.</param>
/// <param name="hasAdminKey">Whether <see cref="Client"/> has the admin key.</param>
public abstract class ApiTests(ApiFixture fixture, bool hasAdminKey)
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected RedisReplication Redis => fixture.Redis;

    private protected ApiFactory Api => fixture.Api;

    protected HttpClient Client => hasAdminKey ? fixture.Admin : fixture.Anybody;
}
