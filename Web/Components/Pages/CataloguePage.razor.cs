using System.Net;
using Microsoft.AspNetCore.Components;
using Radzen;
using RedisAspire.Web.Api;
using RedisAspire.Web.Components.Catalogue;

namespace RedisAspire.Web.Components.Pages;

/// <summary>The page that shows the products, and changes them.</summary>
public sealed partial class CataloguePage : IDisposable
{
    private readonly ProductFilter _filter = new();
    private readonly SortedSet<string> _categories = new(StringComparer.OrdinalIgnoreCase);
    private readonly ActionInProgress _deleting = new();
    private ActionInProgress _loading = new();
    private IReadOnlyList<Product> _products = [];
    private string? _next;
    private long? _total;
    private string? _node;
    private bool _isGrid;
    private bool _isStale;
    private ProductWriteResponse? _written;

    [Inject]
    private CatalogueClient Catalogue { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    private string Summary => (_loading.IsRunning, _node, _total) switch
    {
        (true, _, _) => Text["Reading…"],
        (_, null, _) => "",
        (_, _, null) => Text["Products shown: {0}, read from {1}", Display.Count(_products.Count), _node],
        _ => Text["Products shown: {0} of {1}, read from {2}", Display.Count(_products.Count), Display.Count(_total), _node],
    };

    /// <inheritdoc />
    public void Dispose()
    {
        _loading.Dispose();
        _deleting.Dispose();
    }

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => LoadAsync();

    // What was asked before is of no interest any more.
    private Task LoadAsync()
    {
        _loading.Dispose();
        _loading = new ActionInProgress();
        (_isStale, _written) = (false, null);
        return ReadAsync(cursor: null);
    }

    private Task MoreAsync() => ReadAsync(_next);

    private Task ReadAsync(string? cursor) => _loading.ReadAsync(async cancellationToken =>
    {
        var page = await Catalogue.ListAsync(_filter, cursor, cancellationToken);
        if (_categories.Count == 0)
            _categories.UnionWith(await Catalogue.GetCategoriesAsync(cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        // What has changed its place meanwhile comes once more.
        _products = cursor is null ? page.Items : [.. _products.UnionBy(page.Items, product => product.Id, StringComparer.Ordinal)];
        _categories.UnionWith(page.Items.Select(product => product.Category));
        (_next, _total, _node) = (page.Next, page.Total, page.Node);
    });

    private async Task EditAsync(Product? product)
    {
        var title = product is null ? Text["New product"] : Text["Edit {0}", product.Name];
        var answer = await Dialogs.OpenAsync<ProductDialog>(
            title,
            new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(ProductDialog.Product)] = product },
            new DialogOptions { Width = "min(32rem, 94vw)", CloseDialogOnEsc = true, AutoFocusFirstElement = true });
        if (answer is not ProductWriteResponse { Data: { } saved } written)
            return;

        // In its place, whatever the order and the filter: the replica that lists may not have it yet.
        _products = _products.Any(shown => shown.Id == saved.Id) ? Replace(saved) : [saved, .. _products];
        _categories.Add(saved.Category);
        Tell(written, Text["Saved"], product is null ? 1 : 0);
    }

    private async Task DeleteAsync(Product product)
    {
        var isConfirmed = await Dialogs.Confirm(
            Text["“{0}” is deleted from Redis for good: there is no other database behind it.", product.Name],
            Text["Delete this product?"],
            new ConfirmOptions { OkButtonText = Text["Delete"], CancelButtonText = Text["Keep it"], CloseDialogOnEsc = true });
        if (isConfirmed != true)
            return;

        await _deleting.RunAsync(async cancellationToken =>
        {
            _isStale = false;
            try
            {
                var written = await Catalogue.DeleteAsync(product, cancellationToken);
                _products = Without(product.Id);
                Tell(written, Text["Deleted"], -1);
            }
            catch (CacheApiException refusal) when (refusal.Status == HttpStatusCode.PreconditionFailed)
            {
                await ShowAsItIsAsync(product.Id, cancellationToken);
            }
        });
    }

    private async Task ShowAsItIsAsync(string id, CancellationToken cancellationToken)
    {
        if (await Catalogue.FindAsync(id, cancellationToken) is { } now)
            (_products, _isStale) = (Replace(now), true);
        else
            _products = Without(id);
    }

    private IReadOnlyList<Product> Replace(Product product) => [.. _products.Select(shown => shown.Id == product.Id ? product : shown)];

    private IReadOnlyList<Product> Without(string id) => [.. _products.Where(shown => shown.Id != id)];

    private void Tell(ProductWriteResponse written, string summary, int more)
    {
        _written = written;
        _isStale = false;
        _total += more;
        if (written.Durable)
            Notifications.Notify(NotificationSeverity.Success, summary, Text["Replicas that have it too: {0}", written.AcknowledgedReplicas], duration: 5000);
    }
}
