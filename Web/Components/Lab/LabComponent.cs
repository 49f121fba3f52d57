using Microsoft.AspNetCore.Components;
using RedisAspire.Web.Api;
using RedisAspire.Web.Live;

namespace RedisAspire.Web.Components.Lab;

/// <summary>
/// An experiment of the lab: it reads what it shows when it is opened, after every action, when it is asked to, and
/// when the events tell that there may be something new.
/// </summary>
public abstract class LabComponent : LiveComponent
{
    // What is counted arrives in Redis within a second; more often nobody could read it.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private bool _isAwaited;

    /// <summary>What the person has started.</summary>
    protected ActionInProgress Action { get; } = new();

    /// <summary>The clock.</summary>
    [Inject]
    protected TimeProvider Time { get; set; } = null!;

    /// <summary>Reads what is shown.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    protected abstract Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>Tells whether there may be something new to read.</summary>
    /// <param name="before">What was known before.</param>
    /// <returns><see langword="false"/>, unless a component knows better.</returns>
    protected virtual bool IsOutdated(LiveSnapshot before) => false;

    /// <summary>Reads again what is shown.</summary>
    protected Task RefreshAsync() => Action.ReadAsync(LoadAsync);

    /// <summary>Does something, and reads what has come of it.</summary>
    /// <param name="action">What is done.</param>
    protected Task RunAsync(Func<CancellationToken, Task> action) => Action.RunAsync(async cancellationToken =>
    {
        await action(cancellationToken);
        await LoadAsync(cancellationToken);
    });

    /// <inheritdoc />
    protected override bool ShouldRedraw(LiveSnapshot before) => false;

    /// <inheritdoc />
    protected override void OnSnapshotUpdated(LiveSnapshot before)
    {
        if (!_isAwaited && IsOutdated(before))
            Start(() => RefreshSoonAsync(Closed));
    }

    /// <inheritdoc />
    protected override void OnAfterRender(bool firstRender)
    {
        base.OnAfterRender(firstRender);
        if (firstRender)
            Start(OpenAsync);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            Action.Dispose();
    }

    private async Task OpenAsync()
    {
        await RefreshAsync();
        StateHasChanged();
    }

    private async Task RefreshSoonAsync(CancellationToken cancellationToken)
    {
        _isAwaited = true;
        try
        {
            await Task.Delay(Pause, Time, cancellationToken);
            await LoadAsync(cancellationToken);
            StateHasChanged();
        }
        catch (CacheApiException)
        {
            // Nobody asked for this refresh, and the next event starts another one.
        }
        finally
        {
            _isAwaited = false;
        }
    }
}
