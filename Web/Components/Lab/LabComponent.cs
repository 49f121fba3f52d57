using Microsoft.AspNetCore.Components;
using RedisAspire.Web.Api;
using RedisAspire.Web.Live;

namespace RedisAspire.Web.Components.Lab;

/// <summary>
/// An experiment of the lab. It reads its data when it is opened, after every action, on request, and when an event of the
/// API indicates new data.
/// </summary>
public abstract class LabComponent : LiveComponent
{
    // Counts reach Redis within a second, and faster changes would not be readable.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private bool _isRefreshing;

    /// <summary>The action that the visitor has started.</summary>
    protected ActionInProgress Action { get; } = new();

    /// <summary>The clock.</summary>
    [Inject]
    protected TimeProvider Time { get; set; } = null!;

    /// <summary>Reads the data.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    protected abstract Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>Tells whether a snapshot indicates new data.</summary>
    /// <param name="before">The snapshot before.</param>
    /// <returns><see langword="false"/>, unless a component overrides it.</returns>
    protected virtual bool IsOutdated(LiveSnapshot before) => false;

    /// <summary>Reads the data again.</summary>
    protected Task RefreshAsync() => Action.ReadAsync(LoadAsync);

    /// <summary>Runs an action, and reads the data afterwards.</summary>
    /// <param name="action">The action.</param>
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
        if (!_isRefreshing && IsOutdated(before))
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
        _isRefreshing = true;
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
            _isRefreshing = false;
        }
    }
}
