using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RedisAspire.ApiService.Db;

/// <summary>
/// Lists products from the read node. By price it follows the price index until the page is full; by name, or of a
/// category, it goes through all of them and keeps a page. Either way it reads them in batches.
/// </summary>
internal sealed class ProductLister(RedisReads reads, IOptions<DbOptions> options)
{
    private const int Step = 200;
    private const int MaximumExamined = 20_000;

    private readonly TimeSpan _timeout = options.Value.OperationTimeout;

    public Task<ProductListResponse> ListAsync(ProductQuery query, CancellationToken cancellationToken) =>
        reads.ReadAsync(async (node, database) =>
        {
            var total = CountAsync(database, query);
            var (items, next) = query is { IsByName: false, Category: null }
                ? await WalkAsync(database, query, cancellationToken)
                : await SortAsync(database, query, cancellationToken);
            return new ProductListResponse(items, next?.ToCursor(), await total.WaitAsync(_timeout, cancellationToken), ProductResponse.RedisDb, node);
        }, cancellationToken);

    private static async Task<long?> CountAsync(IDatabase database, ProductQuery query) => query switch
    {
        { InStock: not null } or { IsNamed: true } => null,
        { Category: null } => await database.SortedSetLengthAsync(CatalogueKeys.ByPrice, query.Prices.From, query.Prices.To),
        { MinPrice: null, MaxPrice: null } => await database.SetLengthAsync(CatalogueKeys.Category(query.Category)),
        _ => null,
    };

    private async Task<(List<Product> Items, ProductPosition? Next)> WalkAsync(IDatabase database, ProductQuery query, CancellationToken cancellationToken)
    {
        var items = new List<Product>();
        var (examined, end) = (0, query.After);
        ProductPosition? last = null;
        await foreach (var positions in ByPriceAsync(database, query, query.After, cancellationToken))
        {
            // A query that matches hardly any product gets a short page, rather than an answer after a long time.
            if (examined >= MaximumExamined)
                return (items, end);
            examined += Step;
            end = positions.LastOrDefault() ?? end;
            foreach (var (position, stored) in positions.Zip(await GetAsync(database, Array.ConvertAll(positions, position => position.Id), cancellationToken)))
            {
                if (ProductJson.TryRead(position.Id, stored) is not { } product || !query.Matches(product))
                    continue;
                if (items.Count == query.PageSize)
                    return (items, last);
                items.Add(product);
                last = position;
            }
        }

        return (items, null);
    }

    private async Task<(List<Product> Items, ProductPosition? Next)> SortAsync(IDatabase database, ProductQuery query, CancellationToken cancellationToken)
    {
        var after = query.After;
        var found = new SortedSet<Product>(Comparer<Product>.Create((one, other) => query.Compare(ProductPosition.Of(one), ProductPosition.Of(other))));
        await foreach (var ids in IdsAsync(database, query, cancellationToken).WithCancellation(cancellationToken))
        {
            foreach (var (id, stored) in ids.Zip(await GetAsync(database, ids, cancellationToken)))
            {
                if (ProductJson.TryRead(id, stored) is not { } product || !query.Matches(product) || (after is not null && query.Compare(ProductPosition.Of(product), after) <= 0))
                    continue;
                found.Add(product);
                if (found.Count > query.PageSize + 1)
                    found.Remove(found.Max!);
            }
        }

        var items = found.Take(query.PageSize).ToList();
        return (items, found.Count > items.Count ? ProductPosition.Of(items[^1]) : null);
    }

    private IAsyncEnumerable<string[]> IdsAsync(IDatabase database, ProductQuery query, CancellationToken cancellationToken) => query.Category is null
        ? ByPriceAsync(database, query, last: null, cancellationToken).Select(positions => Array.ConvertAll(positions, position => position.Id))
        : database.SetScanAsync(CatalogueKeys.Category(query.Category), pageSize: Step).Chunk(Step).Select(ids => Array.ConvertAll(ids, id => id.ToString()));

    // The positions, without names, along the price index, in batches. They continue behind a product, not behind a number of products, so that
    // concurrent changes make them neither skip nor repeat any other.
    private async IAsyncEnumerable<ProductPosition[]> ByPriceAsync(
        IDatabase database, ProductQuery query, ProductPosition? last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isDescending = query.IsDescending;
        var (low, high) = query.Prices;
        if (last is not null)
            GoTo(last.Price);
        var skip = 0L;
        SortedSetEntry[] entries;
        do
        {
            entries = await database.SortedSetRangeByScoreWithScoresAsync(
                CatalogueKeys.ByPrice, low, high, order: isDescending ? Order.Descending : Order.Ascending, skip: skip, take: Step).WaitAsync(_timeout, cancellationToken);
            if (entries is not [.., { Score: var end }])
                yield break;

            skip = end == (isDescending ? high : low) ? skip + entries.Length : entries.Count(entry => entry.Score == end);
            GoTo(end);
            var positions = Array.FindAll(Array.ConvertAll(entries, entry => new ProductPosition(entry.Score, "", entry.Element!)), IsAhead);
            last = positions.LastOrDefault() ?? last;
            yield return positions;
        }
        while (entries.Length == Step);

        void GoTo(double price) => (low, high) = isDescending ? (low, Math.Min(high, price)) : (Math.Max(low, price), high);

        bool IsAhead(ProductPosition position)
        {
            if (last is null)
                return true;
            var order = position.Price == last.Price ? string.CompareOrdinal(position.Id, last.Id) : position.Price.CompareTo(last.Price);
            return isDescending ? order < 0 : order > 0;
        }
    }

    private async Task<RedisValue[]> GetAsync(IDatabase database, string[] ids, CancellationToken cancellationToken) =>
        ids.Length == 0 ? [] : await database.StringGetAsync(Array.ConvertAll(ids, CatalogueKeys.Product)).WaitAsync(_timeout, cancellationToken);
}

/// <summary>The position of a product in a list. It stays valid when the product moves or is deleted.</summary>
internal sealed record ProductPosition(double Price, string Name, string Id)
{
    private static readonly JsonSerializerOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static ProductPosition Of(Product product) => new((double)product.Price, product.Name, product.Id);

    /// <summary>Reads a cursor; <see langword="null"/> when the text is none.</summary>
    public static ProductPosition? Parse(string cursor) => SharedJson.TryRead(() => JsonSerializer.Deserialize<ProductPosition>(Base64Url.DecodeFromChars(cursor), Compact));

    /// <summary>The position as text that a client hands back as it is.</summary>
    public string ToCursor() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this, Compact));
}
