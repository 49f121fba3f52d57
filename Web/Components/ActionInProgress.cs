using RedisAspire.Web.Api;

namespace RedisAspire.Web.Components;

/// <summary>What a person has started: one thing at a time, which can be cancelled, and whose failure is kept to be shown.</summary>
public sealed class ActionInProgress : IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private CancellationTokenSource? _running;
    private Task _reading = Task.CompletedTask;

    /// <summary>Whether something is under way.</summary>
    public bool IsRunning => _running is not null;

    /// <summary>Why the last one failed.</summary>
    public CacheApiException? Problem { get; private set; }

    /// <summary>Whether the last one was cancelled.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Reads what is shown; nothing more if that is under way, or something else is.</summary>
    /// <param name="action">How it is read.</param>
    public Task ReadAsync(Func<CancellationToken, Task> action) => _reading.IsCompleted ? _reading = StartAsync(action) : _reading;

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

    private async Task StartAsync(Func<CancellationToken, Task> action)
    {
        if (IsRunning || _closed.IsCancellationRequested)
            return;

        using var running = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        _running = running;
        (Problem, IsCancelled) = (null, false);
        try
        {
            await action(running.Token);
        }
        catch (CacheApiException problem)
        {
            Problem = problem;
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            // A page that was left tells nobody.
            IsCancelled = !_closed.IsCancellationRequested;
        }
        finally
        {
            _running = null;
        }
    }
}
