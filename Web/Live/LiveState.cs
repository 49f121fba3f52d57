using Microsoft.AspNetCore.Components;

namespace RedisAspire.Web.Live;

/// <summary>
/// The snapshot that all components of a page share. The request that draws the page first asks the API once and hands the
/// nodes over to the circuit, which asks nothing and follows the feed from then on.
/// </summary>
internal sealed class LiveState(LiveFeed feed) : IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private Action<LiveSnapshot>? _updated;
    private Task? _loading;
    private Task? _following;

    public LiveSnapshot Current { get; private set; } = LiveSnapshot.None;

    /// <summary>Whether the feed has reported to this circuit.</summary>
    public bool IsFollowing { get; private set; }

    /// <summary>The nodes as the request that drew the page has read them, on their way to the circuit.</summary>
    [PersistentState]
    public PrerenderedNodes? Prerendered { get; set; }

    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <summary>Makes sure that <see cref="Current"/> is known. However many components call this, the API is asked at most once.</summary>
    public Task LoadAsync() => _loading = _loading is null or { IsFaulted: true } ? LoadOnceAsync() : _loading;

    /// <summary>Follows the feed, once for all subscribers, and calls back with the snapshot before whenever there is another one.</summary>
    public void Subscribe(Action<LiveSnapshot> onUpdated)
    {
        _updated += onUpdated;
        if (IsFollowing)
            onUpdated(Current);
        _following ??= FollowAsync();
    }

    public void Unsubscribe(Action<LiveSnapshot> onUpdated) => _updated -= onUpdated;

    private async Task LoadOnceAsync()
    {
        if (Prerendered is { } nodes)
        {
            // If another page of this process is open, its snapshot is newer and has the figures too.
            var latest = feed.Latest;
            Current = latest.KnownAt > nodes.KnownAt ? latest : latest with { Nodes = nodes.Nodes, KnownAt = nodes.KnownAt, Problem = nodes.Problem };
            return;
        }

        Current = await feed.GetAsync(_closed.Token);
        Prerendered = new PrerenderedNodes(Current.Nodes, Current.KnownAt, Current.Problem);
    }

    private async Task FollowAsync()
    {
        try
        {
            await foreach (var snapshot in feed.WatchAsync(_closed.Token))
            {
                (var before, Current, IsFollowing) = (Current, snapshot, true);
                _updated?.Invoke(before);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }
}

/// <summary>The part of a snapshot that a page carries in its HTML: the rest is large and arrives with the first events.</summary>
internal sealed record PrerenderedNodes(IReadOnlyList<NodeResponse> Nodes, DateTimeOffset? KnownAt, string? Problem);
