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
    internal ActionInProgress Action { get; } = new();

    [Inject]
    private protected TimeProvider Time { get; set; } = null!;

    /// <summary>Reads the data.</summary>
    protected abstract Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>Tells whether a snapshot indicates new data.</summary>
    protected virtual bool IsOutdated(LiveSnapshot before) => false;

    internal Task RefreshAsync() => Action.ReadAsync(LoadAsync);

    /// <summary>Runs an action, and reads the data afterwards.</summary>
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
            Start(async () =>
            {
                await RefreshAsync();
                StateHasChanged();
            });
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            Action.Dispose();
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
