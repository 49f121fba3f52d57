using RedisAspire.Web.Components;

namespace RedisAspire.Tests.Web;

public sealed class ActionInProgressTests
{
    [Fact]
    public async Task Who_cancels_it_is_told_so()
    {
        using var action = new ActionInProgress();
        var running = action.RunAsync(WaitAsync);

        await action.CancelAsync();
        await running;

        Assert.True(action.IsCancelled);
        Assert.False(action.IsRunning);
    }

    [Fact]
    public async Task Who_leaves_the_page_is_told_nothing()
    {
        var action = new ActionInProgress();
        var running = action.RunAsync(WaitAsync);

        action.Dispose();
        await running;

        Assert.False(action.IsCancelled);
    }

    private static Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
}
