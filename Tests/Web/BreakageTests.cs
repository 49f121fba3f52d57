namespace RedisAspire.Tests.Web;

/// <summary>Tests that break the application they share with others, which put it right again however they end.</summary>
/// <param name="fixture">The application.</param>
[Collection(nameof(WholeApplicationCollection))]
public abstract class BreakageTests(BrowserFixture fixture) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await fixture.RestoreAsync();

    public async ValueTask DisposeAsync()
    {
        await fixture.RestoreAsync();
        GC.SuppressFinalize(this);
    }
}
