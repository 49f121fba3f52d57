using Microsoft.AspNetCore.Components;

namespace RedisAspire.Web.Live;

/// <summary>A component that shows the live snapshot, and is drawn again whenever there is another one.</summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _closed = new();

    /// <summary>What is known now.</summary>
    protected LiveSnapshot Live => State.Current;

    /// <summary>Whether the page is interactive and moves by itself.</summary>
    protected bool IsFollowing => State.IsFollowing;

    /// <summary>Ends when the page is left.</summary>
    protected CancellationToken Closed => _closed.Token;

    [Inject]
    private LiveState State { get; set; } = null!;

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the subscription and the work of the component.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        State.Unsubscribe(OnUpdated);
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => State.LoadAsync();

    /// <inheritdoc />
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender && !_closed.IsCancellationRequested)
            State.Subscribe(OnUpdated);
    }

    /// <summary>Is called with every snapshot before it is drawn.</summary>
    /// <param name="before">The snapshot before.</param>
    protected virtual void OnSnapshotUpdated(LiveSnapshot before)
    {
    }

    /// <summary>Tells whether a snapshot is worth drawing: a chart costs more than a few numbers.</summary>
    /// <param name="before">The snapshot before.</param>
    /// <returns><see langword="true"/> for every snapshot, unless a component overrides it.</returns>
    protected virtual bool ShouldRedraw(LiveSnapshot before) => true;

    /// <summary>Starts work that nobody awaits. An exception reaches the error boundary of the page, as that of a click does.</summary>
    /// <param name="work">The work, which may end with the page.</param>
    protected void Start(Func<Task> work) => _ = RunAsync(work);

    private void OnUpdated(LiveSnapshot before) => Start(() => InvokeAsync(() => Update(before)));

    private void Update(LiveSnapshot before)
    {
        if (_closed.IsCancellationRequested)
            return;
        OnSnapshotUpdated(before);
        if (ShouldRedraw(before))
            StateHasChanged();
    }

    private async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }
}
