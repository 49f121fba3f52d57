using Microsoft.AspNetCore.Components;
using Radzen;
using RedisAspire.Web.Api;

namespace RedisAspire.Web.Components.Keys;

/// <summary>All about one key, and what can be done to it. Another key is shown by another card.</summary>
public sealed partial class KeyCard : IDisposable
{
    private readonly ActionInProgress _action = new();
    private IReadOnlyList<ElementResponse> _items = [];
    private ElementReference _heading;
    private KeyDetailsResponse? _details;
    private DateTimeOffset? _expiresAt;
    private long _seconds = 60;
    private bool _isDeleted;

    /// <summary>The key.</summary>
    [Parameter, EditorRequired]
    public string Key { get; set; } = "";

    /// <summary>The node it is read from; the master if nothing is said.</summary>
    [Parameter, EditorRequired]
    public string? Node { get; set; }

    /// <summary>Whether it was chosen on the page, and is to be read now.</summary>
    [Parameter]
    public bool TakesFocus { get; set; }

    /// <summary>The key was deleted.</summary>
    [Parameter]
    public EventCallback<string> Deleted { get; set; }

    [Inject]
    private KeysClient Keys { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    /// <inheritdoc />
    public void Dispose() => _action.Dispose();

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => LoadAsync();

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && TakesFocus)
            await _heading.FocusAsync();
    }

    private Task LoadAsync() => _action.ReadAsync(async cancellationToken =>
    {
        _details = null;
        (_details, _expiresAt) = await Keys.GetValueAsync(Key, Node, cursor: null, cancellationToken);
        _items = _details.Items;
    });

    private Task MoreAsync() => _action.ReadAsync(async cancellationToken =>
    {
        var (part, _) = await Keys.GetValueAsync(Key, Node, _details!.Next, cancellationToken);
        _items = [.. _items, .. part.Items];
        _details = _details with { Next = part.Next };
    });

    private Task ExpireAsync() => _action.RunAsync(async cancellationToken =>
        _expiresAt = await Keys.ExpireAsync(Key, _seconds, cancellationToken));

    private Task PersistAsync() => _action.RunAsync(async cancellationToken =>
    {
        await Keys.PersistAsync(Key, cancellationToken);
        _expiresAt = null;
    });

    private async Task DeleteAsync()
    {
        var isConfirmed = await Dialogs.Confirm(
            Text["It is deleted on the master and so on every replica, and cannot be brought back."],
            Text["Delete this key?"],
            new ConfirmOptions { OkButtonText = Text["Delete"], CancelButtonText = Text["Keep it"], CloseDialogOnEsc = true });
        if (isConfirmed != true)
            return;

        await _action.RunAsync(async cancellationToken =>
        {
            await Keys.DeleteAsync(Key, cancellationToken);
            _isDeleted = true;
            await Deleted.InvokeAsync(Key);
        });
    }
}
