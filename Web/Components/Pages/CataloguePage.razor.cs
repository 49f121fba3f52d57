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
    private readonly ActionInProgress _deleting = new();
    private ActionInProgress _loading = new();
    private bool _isGrid;
    private bool _isStale;
    private ProductWriteResponse? _written;

    /// <summary>The products that are shown. The request that draws the page hands them over to the circuit.</summary>
    [PersistentState]
    public ProductListing? Listing { get; set; }

    [Inject]
    private CatalogueClient Catalogue { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    private IReadOnlyList<Product> Products => Listing?.Products ?? [];

    private string Summary => (_loading.IsRunning, Listing) switch
    {
        (true, _) => Text["Reading…"],
        (_, { Node: { } node, Total: { } total }) => Text["Products shown: {0} of {1}, read from {2}", Display.Count(Products.Count), Display.Count(total), node],
        (_, { Node: { } node }) => Text["Products shown: {0}, read from {1}", Display.Count(Products.Count), node],
        _ => "",
    };

    /// <inheritdoc />
    public void Dispose()
    {
        _loading.Dispose();
        _deleting.Dispose();
    }

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => Listing is null ? LoadAsync() : Task.CompletedTask;

    // A reading that is still under way is of no interest any more.
    private Task LoadAsync()
    {
        _loading.Dispose();
        _loading = new ActionInProgress();
        (_isStale, _written) = (false, null);
        return ReadAsync(cursor: null);
    }

    private Task MoreAsync() => ReadAsync(Listing?.Next);

    private Task ReadAsync(string? cursor) => _loading.ReadAsync(async cancellationToken =>
    {
        var page = await Catalogue.ListAsync(_filter, cursor, cancellationToken);
        var categories = Listing?.Categories ?? [.. await Catalogue.GetCategoriesAsync(cancellationToken)];
        cancellationToken.ThrowIfCancellationRequested();
        // A product whose place has changed meanwhile may be on two pages.
        var products = cursor is null ? page.Items : [.. Products.UnionBy(page.Items, product => product.Id, StringComparer.Ordinal)];
        Listing = new ProductListing(products, With(categories, page.Items), page.Next, page.Total, page.Node);
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

        // The product is shown in its place whatever the order and the filter, because the replica that lists may not have it yet.
        Show(Products.Any(shown => shown.Id == saved.Id) ? Replace(saved) : [saved, .. Products]);
        Report(written, Text["Saved"], product is null ? 1 : 0);
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
                Show(Without(product.Id));
                Report(written, Text["Deleted"], -1);
            }
            catch (CacheApiException refusal) when (refusal.Status == HttpStatusCode.PreconditionFailed)
            {
                await ShowAsItIsAsync(product.Id, cancellationToken);
            }
        });
    }

    private async Task ShowAsItIsAsync(string id, CancellationToken cancellationToken)
    {
        var now = await Catalogue.FindAsync(id, cancellationToken);
        _isStale = now is not null;
        Show(now is null ? Without(id) : Replace(now));
    }

    private IReadOnlyList<Product> Replace(Product product) => [.. Products.Select(shown => shown.Id == product.Id ? product : shown)];

    private IReadOnlyList<Product> Without(string id) => [.. Products.Where(shown => shown.Id != id)];

    private void Show(IReadOnlyList<Product> products) =>
        Listing = (Listing ?? new([], [], null, null, null)) with { Products = products, Categories = With(Listing?.Categories ?? [], products) };

    private static IReadOnlyList<string> With(IReadOnlyList<string> categories, IEnumerable<Product> products) =>
        [.. categories.Union(products.Select(product => product.Category), StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];

    private void Report(ProductWriteResponse written, string summary, int more)
    {
        _written = written;
        _isStale = false;
        Listing = Listing! with { Total = Listing.Total + more };
        if (written.Durable)
            Notifications.Notify(NotificationSeverity.Success, summary, Text["Replicas that have it too: {0}", written.AcknowledgedReplicas], duration: 5000);
    }
}

/// <summary>The products that a page shows, and where the next ones begin.</summary>
/// <param name="Products">The products.</param>
/// <param name="Categories">The categories there are to choose from.</param>
/// <param name="Next">The cursor of the next products; none after the last.</param>
/// <param name="Total">How many products match; unknown when that was not counted.</param>
/// <param name="Node">The node they were read from.</param>
public sealed record ProductListing(IReadOnlyList<Product> Products, IReadOnlyList<string> Categories, string? Next, long? Total, string? Node);
