using RedisAspire.Web.Api;
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

    [Fact]
    public async Task What_is_started_while_the_page_is_read_is_done_after_it()
    {
        using var action = new ActionInProgress();
        var isRead = new TaskCompletionSource();
        var order = new List<string>();
        var reading = action.ReadAsync(async _ =>
        {
            await isRead.Task;
            order.Add("read");
        });
        var running = action.RunAsync(_ =>
        {
            order.Add("done");
            return Task.CompletedTask;
        });
        Assert.Empty(order);

        isRead.SetResult();
        await Task.WhenAll(reading, running);

        Assert.Equal(["read", "done"], order);
    }

    [Fact]
    public async Task What_is_started_is_done_though_the_page_could_not_be_read()
    {
        using var action = new ActionInProgress();
        await Assert.ThrowsAsync<InvalidOperationException>(() => action.ReadAsync(_ => throw new InvalidOperationException("It is unreadable.")));
        var isDone = false;

        await action.RunAsync(_ =>
        {
            isDone = true;
            return Task.CompletedTask;
        });

        Assert.True(isDone);
    }

    [Fact]
    public async Task What_could_not_be_read_is_shown_as_failed_until_it_has_been()
    {
        using var action = new ActionInProgress();
        var readings = new Queue<TaskCompletionSource>([new(), new(), new()]);
        var (first, second, third) = (readings.ElementAt(0), readings.ElementAt(1), readings.ElementAt(2));
        var (once, twice) = (new CacheApiException("It failed."), new CacheApiException("It failed again."));

        var reading = action.ReadAsync(_ => readings.Dequeue().Task);
        first.SetException(once);
        await reading;
        Assert.Same(once, action.Problem);

        reading = action.AgainAsync();
        Assert.Same(once, action.Problem);
        second.SetException(twice);
        await reading;
        Assert.Same(twice, action.Problem);

        reading = action.AgainAsync();
        Assert.Same(twice, action.Problem);
        third.SetResult();
        await reading;
        Assert.Null(action.Problem);
    }

    [Fact]
    public async Task What_was_done_in_vain_is_not_done_again_without_being_asked()
    {
        using var action = new ActionInProgress();
        var times = 0;
        await action.ReadAsync(_ => throw new CacheApiException("It is unreadable."));
        await action.RunAsync(_ =>
        {
            times++;
            throw new CacheApiException("It is impossible.");
        });

        await action.AgainAsync();

        Assert.Equal(1, times);
        Assert.Equal("It is impossible.", action.Problem?.Message);
    }

    [Fact]
    public async Task What_is_started_twice_is_done_once()
    {
        using var action = new ActionInProgress();
        var first = action.RunAsync(WaitAsync);

        await action.RunAsync(_ => throw new InvalidOperationException("It is done twice."));
        await action.CancelAsync();

        await first;
    }

    [Fact]
    public async Task Only_what_has_been_done_to_its_end_has_succeeded()
    {
        using var action = new ActionInProgress();

        Assert.True(await action.RunAsync(_ => Task.CompletedTask));
        Assert.False(await action.RunAsync(_ => throw new CacheApiException("It is impossible.")));

        var cancelled = action.RunAsync(WaitAsync);
        Assert.False(await action.RunAsync(_ => Task.CompletedTask));
        await action.CancelAsync();
        Assert.False(await cancelled);
    }

    private static Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
}
