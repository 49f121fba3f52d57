using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>The same with nodes of its own for every test, because they stop some, or change or count what is in them.</summary>
/// <inheritdoc/>
public abstract class OwnNodesApiTests : ApiTests
{
    private readonly RedisFixture _fixture;

    protected OwnNodesApiTests(bool hasAdminKey, params (string Name, string? Value)[] settings)
        : this(new RedisFixture(), hasAdminKey, settings)
    {
    }

    private OwnNodesApiTests(RedisFixture fixture, bool hasAdminKey, (string Name, string? Value)[] settings)
        : base(fixture, hasAdminKey, settings) => _fixture = fixture;

    public override async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
