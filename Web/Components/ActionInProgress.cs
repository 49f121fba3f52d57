using RedisAspire.Web.Api;

namespace RedisAspire.Web.Components;

/// <summary>What a person has started: one thing at a time, which can be cancelled, and whose failure is kept to be shown.</summary>
public sealed class ActionInProgress : IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private CancellationTokenSource? _running;
    private Task _reading = Task.CompletedTask;
    private Func<CancellationToken, Task>? _unread;

    /// <summary>Whether something is under way.</summary>
    public bool IsRunning => _running is not null;

    /// <summary>Why the last one failed.</summary>
    public CacheApiException? Problem { get; private set; }

    /// <summary>Whether the last one was cancelled.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Reads what is shown; nothing more if that is under way, or something else is.</summary>
    /// <param name="action">How it is read.</param>
    public Task ReadAsync(Func<CancellationToken, Task> action) => ReadAsync(action, shown: null);

    /// <summary>Reads again what could not be read, which is shown as failed until it has been; nothing if it was something else that failed.</summary>
    public Task AgainAsync() => _unread is { } action ? ReadAsync(action, Problem) : Task.CompletedTask;

    /// <summary>Does something, as soon as what is being read has been; nothing if something else is under way.</summary>
    /// <param name="action">What is done.</param>
    public async Task RunAsync(Func<CancellationToken, Task> action)
    {
        // Whatever became of it: that is not the fault of what is done now.
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await StartAsync(action);
    }

    /// <summary>Cancels what is under way.</summary>
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
            // A page that was left tells nobody.
            (Problem, IsCancelled) = (null, !_closed.IsCancellationRequested);
        }
        finally
        {
            _running = null;
        }
    }
}
