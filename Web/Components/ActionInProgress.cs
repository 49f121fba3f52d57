using RedisAspire.Web.Api;

namespace RedisAspire.Web.Components;

/// <summary>The action that a visitor has started on a page. There is one at a time; it can be cancelled, and its failure is kept to be shown.</summary>
public sealed class ActionInProgress : IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private CancellationTokenSource? _running;
    private Task _reading = Task.CompletedTask;
    private Func<CancellationToken, Task>? _unread;

    /// <summary>Whether an action is running.</summary>
    public bool IsRunning => _running is not null;

    /// <summary>Why the last action failed.</summary>
    public CacheApiException? Problem { get; private set; }

    /// <summary>Whether the last action was cancelled.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Reads the data of the page. If an action is running, this only waits for a reading that is under way.</summary>
    /// <param name="action">Reads the data.</param>
    public Task ReadAsync(Func<CancellationToken, Task> action) => ReadAsync(action, shown: null);

    /// <summary>Repeats a reading that failed. Its failure stays visible until the data has been read. This does nothing after the failure of another action.</summary>
    public Task AgainAsync() => _unread is { } action ? ReadAsync(action, Problem) : Task.CompletedTask;

    /// <summary>Runs an action once a reading that is under way has ended. This does nothing while another action is running.</summary>
    /// <param name="action">The action.</param>
    public async Task RunAsync(Func<CancellationToken, Task> action)
    {
        // A failure of the reading must not fail this action.
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await StartAsync(action);
    }

    /// <summary>Cancels the running action.</summary>
    public Task CancelAsync() => _running?.CancelAsync() ?? Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    private Task ReadAsync(Func<CancellationToken, Task> action, CacheApiException? shown) =>
        _reading.IsCompleted ? _reading = StartAsync(action, action, shown) : _reading;

    private async Task StartAsync(Func<CancellationToken, Task> action, Func<CancellationToken, Task>? again = null, CacheApiException? shown = null)
    {
        if (IsRunning || _closed.IsCancellationRequested)
            return;

        using var running = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        _running = running;
        (Problem, IsCancelled, _unread) = (shown, false, null);
        try
        {
            await action(running.Token);
            Problem = null;
        }
        catch (CacheApiException problem)
        {
            (Problem, _unread) = (problem, again);
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            // A page that was left shows no cancellation.
            (Problem, IsCancelled) = (null, !_closed.IsCancellationRequested);
        }
        finally
        {
            _running = null;
        }
    }
}
