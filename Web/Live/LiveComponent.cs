using Microsoft.AspNetCore.Components;

namespace RedisAspire.Web.Live;

/// <summary>A component that shows what is known, and is drawn again whenever more is.</summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _closed = new();

    /// <summary>What is known now.</summary>
    protected LiveUpdate Live { get; private set; } = LiveUpdate.None;

    /// <summary>Whether what is shown moves by itself: it does once the page is interactive.</summary>
    protected bool IsFollowing { get; private set; }

    /// <summary>Ends when the page is left.</summary>
    protected CancellationToken Closed => _closed.Token;

    [Inject]
    private LiveFeed Feed { get; set; } = null!;

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what follows the feed, and whatever else the component does.</summary>
    /// <param name="disposing">Whether it is left on purpose.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <inheritdoc />
    protected override async Task OnInitializedAsync() => Live = await Feed.GetAsync(Closed);

    /// <inheritdoc />
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ = FollowAsync(Closed);
    }

    /// <summary>Is called with every update before it is drawn.</summary>
    /// <param name="before">What was known before.</param>
    protected virtual void OnUpdated(LiveUpdate before)
    {
    }

    /// <summary>Tells whether an update is worth drawing: a chart costs more than a few numbers.</summary>
    /// <param name="before">What was known before.</param>
    /// <returns><see langword="true"/> for every update, unless a component knows better.</returns>
    protected virtual bool IsNews(LiveUpdate before) => true;

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var update in Feed.WatchAsync(cancellationToken))
            {
                var before = Live;
                Live = update;
                IsFollowing = true;
                OnUpdated(before);
                if (IsNews(before))
                    StateHasChanged();
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }
}
