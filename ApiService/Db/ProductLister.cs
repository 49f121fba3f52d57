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

    // A query that matches hardly any product gets a short page, rather than an answer after a long time.
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
        var walk = new PriceWalk(database, query, query.After);
        var items = new List<Product>();
        ProductPosition? last = null;
        for (var examined = 0; examined < MaximumExamined && !walk.IsAtEnd; examined += Step)
        {
            var positions = await walk.NextAsync(Step, _timeout, cancellationToken);
            var stored = await GetAsync(database, [.. positions.Select(position => position.Id)], cancellationToken);
            for (var i = 0; i < positions.Length; i++)
            {
                if (ProductJson.TryRead(positions[i].Id, stored[i]) is not { } product || !query.Matches(product))
                    continue;
                if (items.Count == query.PageSize)
                    return (items, last);
                items.Add(product);
                last = positions[i];
            }
        }

        return (items, walk.IsAtEnd ? null : walk.Last);
    }

    private async Task<(List<Product> Items, ProductPosition? Next)> SortAsync(IDatabase database, ProductQuery query, CancellationToken cancellationToken)
    {
        var after = query.After;
        var found = new SortedSet<Product>(Comparer<Product>.Create((one, other) => query.Compare(ProductPosition.Of(one), ProductPosition.Of(other))));
        await foreach (var ids in IdsAsync(database, query, cancellationToken))
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

    private async IAsyncEnumerable<string[]> IdsAsync(IDatabase database, ProductQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (query.Category is null)
        {
            var walk = new PriceWalk(database, query, after: null);
            while (!walk.IsAtEnd)
                yield return [.. (await walk.NextAsync(Step, _timeout, cancellationToken)).Select(position => position.Id)];
            yield break;
        }

        await foreach (var ids in database.SetScanAsync(CatalogueKeys.Category(query.Category), pageSize: Step).Chunk(Step).WithCancellation(cancellationToken))
            yield return Array.ConvertAll(ids, id => id.ToString());
    }

    private async Task<RedisValue[]> GetAsync(IDatabase database, string[] ids, CancellationToken cancellationToken) =>
        ids.Length == 0 ? [] : await database.StringGetAsync(Array.ConvertAll(ids, CatalogueKeys.Product)).WaitAsync(_timeout, cancellationToken);
}

/// <summary>
/// Walks along the products by price, in batches. It continues behind a product, not behind a number of products, so that
/// concurrent changes make it neither skip nor repeat any other.
/// </summary>
internal sealed class PriceWalk
{
    private readonly IDatabase _database;
    private readonly bool _isDescending;
    private double _low;
    private double _high;
    private long _skip;

    /// <summary>Prepares the walk.</summary>
    /// <param name="database">The node.</param>
    /// <param name="query">The price range and the direction.</param>
    /// <param name="after">The position to continue after; <see langword="null"/> to begin.</param>
    public PriceWalk(IDatabase database, ProductQuery query, ProductPosition? after)
    {
        _database = database;
        _isDescending = query.IsDescending;
        (_low, _high) = query.Prices;
        Last = after;
        if (after is not null)
            GoTo(after.Price);
    }

    /// <summary>The position of the last product.</summary>
    public ProductPosition? Last { get; private set; }

    /// <summary>Whether there are no more.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Reads the next products.</summary>
    /// <param name="count">How many.</param>
    /// <param name="timeout">How long the node may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The positions of the next products, without their names.</returns>
    public async Task<ProductPosition[]> NextAsync(int count, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var entries = await _database.SortedSetRangeByScoreWithScoresAsync(
            CatalogueKeys.ByPrice, _low, _high, order: _isDescending ? Order.Descending : Order.Ascending, skip: _skip, take: count).WaitAsync(timeout, cancellationToken);
        IsAtEnd = entries.Length < count;
        if (entries.Length == 0)
            return [];

        var end = entries[^1].Score;
        var isSamePrice = end == (_isDescending ? _high : _low);
        _skip = isSamePrice ? _skip + entries.Length : entries.Count(entry => entry.Score == end);
        GoTo(end);

        var positions = Array.FindAll(Array.ConvertAll(entries, entry => new ProductPosition(entry.Score, "", entry.Element!)), IsAhead);
        Last = positions.LastOrDefault() ?? Last;
        return positions;
    }

    private void GoTo(double price)
    {
        if (_isDescending)
            _high = Math.Min(_high, price);
        else
            _low = Math.Max(_low, price);
    }

    private bool IsAhead(ProductPosition position)
    {
        if (Last is null)
            return true;
        var order = position.Price == Last.Price ? string.CompareOrdinal(position.Id, Last.Id) : position.Price.CompareTo(Last.Price);
        return _isDescending ? order < 0 : order > 0;
    }
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
    public static ProductPosition? Parse(string cursor)
    {
        try
        {
            return JsonSerializer.Deserialize<ProductPosition>(Base64Url.DecodeFromChars(cursor), Compact);
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The position as text that a client hands back as it is.</summary>
    public string ToCursor() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this, Compact));
}
