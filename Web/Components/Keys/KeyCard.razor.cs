using Microsoft.AspNetCore.Components;
using Radzen;
using RedisAspire.Web.Api;

namespace RedisAspire.Web.Components.Keys;

/// <summary>All about one key, and what can be done to it. Another key is shown by another card.</summary>
public sealed partial class KeyCard : IDisposable
{
    private readonly ActionInProgress _action = new();
    private ElementReference _heading;
    private ShownKey? _shown;
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

    /// <summary>The key as it was read. The request that draws the page hands it over to the circuit, unless its value is large.</summary>
    [PersistentState]
    public ShownKey? Prerendered
    {
        get => _shown is { IsSmall: true } ? _shown : null;
        set => _shown = value;
    }

    [Inject]
    private KeysClient Keys { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    /// <inheritdoc />
    public void Dispose() => _action.Dispose();

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => _shown is null ? LoadAsync() : Task.CompletedTask;

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && TakesFocus)
            await _heading.FocusAsync();
    }

    private Task LoadAsync() => _action.ReadAsync(async cancellationToken =>
    {
        _shown = null;
        var (details, expiresAt) = await Keys.GetValueAsync(Key, Node, cursor: null, cancellationToken);
        _shown = new ShownKey(details, expiresAt);
    });

    private Task MoreAsync() => _action.ReadAsync(async cancellationToken =>
    {
        var (details, expiresAt) = _shown!;
        var (part, _) = await Keys.GetValueAsync(Key, Node, details.Next, cancellationToken);
        _shown = new ShownKey(details with { Items = [.. details.Items, .. part.Items], Next = part.Next }, expiresAt);
    });

    private Task ExpireAsync() => _action.RunAsync(async cancellationToken =>
        _shown = _shown! with { ExpiresAt = await Keys.ExpireAsync(Key, _seconds, cancellationToken) });

    private Task PersistAsync() => _action.RunAsync(async cancellationToken =>
    {
        await Keys.PersistAsync(Key, cancellationToken);
        _shown = _shown! with { ExpiresAt = null };
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

/// <summary>A key as it was read.</summary>
/// <param name="Details">The key and a part of its value.</param>
/// <param name="ExpiresAt">When it expires; nothing when it never does.</param>
public sealed record ShownKey(KeyDetailsResponse Details, DateTimeOffset? ExpiresAt)
{
    // The browser sends the state of the page back in one message, and the size of a message is limited.
    private const int SmallLength = 32 * 1024;

    internal bool IsSmall => LengthOf(Details.Items) <= SmallLength;

    private static int LengthOf(IEnumerable<ElementResponse> elements) =>
        elements.Sum(element => (element.Field?.Data.Length ?? 0) + (element.Value?.Data.Length ?? 0) + LengthOf(element.Fields ?? []));
}
