using Aspire.Hosting;

namespace RedisAspire.Tests.AppHost;

/// <summary>The app host's application with the nodes as processes, for tests that only look at it.</summary>
public sealed class BuiltApplication : IAsyncLifetime
{
    public DistributedApplication Application { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Application = await AppHostUnderTest.BuildAsync();

    public ValueTask DisposeAsync() => Application.DisposeAsync();
}
