using Microsoft.AspNetCore.Components;
using RedisAspire.Web.Api;
using RedisAspire.Web.Live;

namespace RedisAspire.Web.Components.Pages;

/// <summary>The page that shows the nodes together, and lets accidents happen to them.</summary>
public sealed partial class TopologyPage
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private const int Looks = 6;

    private readonly ActionInProgress _action = new();
    private IReadOnlyList<RedisSentinelStatus>? _sentinels;
    private bool? _hasDrills;
    private string _doing = "";
    private PromotionProgress? _progress;

    [Inject]
    private NodeClient Api { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    // While a master of before is back and has not been told yet, there are two that say so.
    private NodeResponse? Master
    {
        get
        {
            var last = Live.Changes.FirstOrDefault(change => change.Change == "master")?.Node;
            return Live.Nodes.Where(node => node.Role == "master").OrderByDescending(node => node.IsUp).ThenByDescending(node => node.Name == last).FirstOrDefault();
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _action.Dispose();
    }

    /// <inheritdoc />
    protected override void OnSnapshotUpdated(LiveSnapshot before)
    {
        var isNew = Live.Changes is [var last, ..] && (before.Changes is not [var known, ..] || known != last);
        if (Live.IsReachable && (_sentinels is null || isNew || !before.IsReachable))
            Start(RefreshAsync);
    }

    private async Task RefreshAsync()
    {
        try
        {
            var cancellationToken = Closed;
            _sentinels = await Api.GetSentinelsAsync(cancellationToken);
            _hasDrills ??= await Api.HasDrillsAsync(cancellationToken);
            StateHasChanged();
        }
        catch (CacheApiException)
        {
            // The banner of the page says that the API is gone, and its return starts another refresh.
        }
    }

    private double Done => _progress is { MaximumSeconds: > 0 } progress ? Math.Min(100, 100 * progress.ElapsedSeconds / progress.MaximumSeconds) : 0;

    private Task OrderAsync(string name, string action)
    {
        _progress = null;
        _doing = action switch
        {
            "stop" => Text["{0} is being stopped…", name],
            "start" => Text["{0} is being started…", name],
            "pause" => Text["{0} is being paused…", name],
            "resume" => Text["{0} goes on…", name],
            _ => Text["{0} is to become the master…", name],
        };
        return _action.RunAsync(async cancellationToken =>
        {
            if (action == "promote")
            {
                await Api.PromoteAsync(name, Show, cancellationToken);
                return;
            }

            await Api.OrderAsync(name, action, cancellationToken);
            if (_sentinels?.FirstOrDefault(sentinel => sentinel.Name == name) is { } before)
                await FollowAsync(before, cancellationToken);
        });
    }

    private void Show(PromotionProgress progress)
    {
        _progress = progress;
        StateHasChanged();
    }

    // The events tell of nodes only.
    private async Task FollowAsync(RedisSentinelStatus before, CancellationToken cancellationToken)
    {
        for (var look = 0; look < Looks; look++)
        {
            await Task.Delay(Pause, Time, cancellationToken);
            _sentinels = await Api.GetSentinelsAsync(cancellationToken);
            if (_sentinels.Any(sentinel => sentinel.Name == before.Name && sentinel.Answers != before.Answers))
                return;
        }
    }
}
