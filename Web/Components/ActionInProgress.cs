using Microsoft.AspNetCore.Components;
using RedisAspire.Web.Api;

namespace RedisAspire.Web.Components;

/// <summary>The action that a visitor has started on a page. There is one at a time; it can be cancelled, and its failure is kept to be shown.</summary>
internal sealed class ActionInProgress : IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private CancellationTokenSource? _running;
    private Task _reading = Task.CompletedTask;
    private Func<CancellationToken, Task>? _unread;

    public bool IsRunning => _running is not null;

    /// <summary>Why the last action failed.</summary>
    public CacheApiException? Problem { get; private set; }

    public bool IsCancelled { get; private set; }

    /// <summary>Reads the data of the page. If an action is running, this only waits for a reading that is under way.</summary>
    public Task ReadAsync(Func<CancellationToken, Task> action) => ReadAsync(action, shown: null);

    /// <summary>Repeats a reading that failed. Its failure stays visible until the data has been read. This does nothing after the failure of another action.</summary>
    public Task AgainAsync() => _unread is { } action ? ReadAsync(action, Problem) : Task.CompletedTask;

    /// <summary>Runs an action once a reading that is under way has ended, and returns whether it has succeeded. This does nothing while another action is running.</summary>
    public async Task<bool> RunAsync(Func<CancellationToken, Task> action)
    {
        // A failure of the reading must not fail this action.
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return await StartAsync(action);
    }

    public Task CancelAsync() => _running?.CancelAsync() ?? Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    private Task ReadAsync(Func<CancellationToken, Task> action, CacheApiException? shown) =>
        _reading.IsCompleted ? _reading = StartAsync(action, action, shown) : _reading;

    private async Task<bool> StartAsync(Func<CancellationToken, Task> action, Func<CancellationToken, Task>? again = null, CacheApiException? shown = null)
    {
        if (IsRunning || _closed.IsCancellationRequested)
            return false;

        using var running = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        _running = running;
        (Problem, IsCancelled, _unread) = (shown, false, null);
        try
        {
            await action(running.Token);
            Problem = null;
            return true;
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

        return false;
    }
}

/// <summary>A component with an action, which ends with it.</summary>
public abstract class ActionComponent : ComponentBase, IDisposable
{
    private protected ActionInProgress Action { get; } = new();

    /// <inheritdoc />
    public void Dispose()
    {
        Action.Dispose();
        GC.SuppressFinalize(this);
    }
}
