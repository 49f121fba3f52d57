using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.AppHost;

/// <summary>The app host's application as it would be published, for tests that only look at it.</summary>
public sealed class PublishedApplication : IAsyncLifetime
{
    private readonly TaskCompletionSource _isPrepared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DistributedApplication Application { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = await AppHostUnderTest.CreateAsync("--operation", "publish", "--step", "publish", "--output-path", Path.GetTempPath(), "--RedisAspire:KeepsData=true");
        // The app host would go on by itself, and end. Volumes are there when the last subscriber is told.
        builder.Eventing.Subscribe<BeforeStartEvent>(async (_, cancellationToken) =>
        {
            _isPrepared.TrySetResult();
            await _isRead.Task.WaitAsync(cancellationToken);
        });
        Application = await builder.BuildAsync();
        await _isPrepared.Task.WaitAsync(Eventually.Limit);
    }

    public async ValueTask DisposeAsync()
    {
        _isRead.TrySetResult();
        await Application.DisposeAsync();
    }
}
