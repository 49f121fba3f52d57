using Microsoft.AspNetCore.Components;
using Radzen;
using RedisAspire.Web.Api;
using RedisAspire.Web.Lookups;

namespace RedisAspire.Web.Components.Pages;

/// <summary>The page that looks keys up, shows where their values came from, and how the nodes are.</summary>
public sealed partial class CachePage : IDisposable
{
    private readonly LookupHistory _history = new();
    private readonly ActionInProgress _action = new();
    private string _key = "";
    private bool _bypassNear;
    private LookupResult? _lookup;
    private LookupResult? _lastMiss;
    private bool _isRemoved;

    [Inject]
    private CacheApiClient Api { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    /// <inheritdoc />
    public void Dispose() => _action.Dispose();

    private Task RunAsync(string key) => DoAsync(async cancellationToken =>
    {
        _key = key;
        var lookup = await Api.LookUpAsync(key, cancellationToken, _bypassNear);
        _history.Add(lookup);
        _lookup = lookup;
        _lastMiss = _history.LastMiss(lookup.Answer.Key);
        _isRemoved = false;
    });

    private Task ForgetAsync(string key) => DoAsync(async cancellationToken =>
    {
        var isEverywhere = await Api.ForgetAsync(key, cancellationToken);
        _isRemoved |= _lookup?.Answer.Key == key;
        if (isEverywhere)
            Notify(NotificationSeverity.Success, Text["Forgotten"], Text["The cache no longer holds “{0}”.", key]);
        else
            Notify(NotificationSeverity.Warning, Text["Not forgotten everywhere yet"], Text["There is no Redis master now: other instances may still answer with “{0}” until there is one.", key]);
    });

    private async Task ClearAsync()
    {
        var isConfirmed = await Dialogs.Confirm(
            Text["Every cached value is removed from the master and its replicas. The next look-up of each key takes the database's time again."],
            Text["Empty the cache?"],
            new ConfirmOptions { OkButtonText = Text["Empty the cache"], CancelButtonText = Text["Keep it"], CloseDialogOnEsc = true });
        if (isConfirmed != true)
            return;

        await DoAsync(async cancellationToken =>
        {
            var removed = await Api.ClearAsync(cancellationToken);
            _isRemoved = true;
            Notify(NotificationSeverity.Success, Text["The cache is empty"], removed == 1 ? Text["1 key was removed."] : Text["{0} keys were removed.", Display.Count(removed)]);
        });
    }

    private async Task DoAsync(Func<CancellationToken, Task> action)
    {
        await _action.RunAsync(action);
        if (_action.IsCancelled)
            Notify(NotificationSeverity.Info, Text["Cancelled"], Text["The request was cancelled."]);
    }

    private void Notify(NotificationSeverity severity, string summary, string detail) => Notifications.Notify(severity, summary, detail, duration: 5000);
}
