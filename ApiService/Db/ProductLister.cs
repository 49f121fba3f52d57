using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

/// <summary>
/// Lists products, from the read node. By price it follows the price index until the page is full; by name, or of a
/// category, it goes through all of them and keeps a page. Either way it asks for some at a time.
/// </summary>
internal sealed class ProductLister(RedisReads reads, IOptions<DbOptions> options)
{
    private const int Step = 200;

    // Who looks for what there is hardly any of gets a page with less, rather than none for long.
    private const int MaximumExamined = 20_000;

    private readonly TimeSpan _timeout = options.Value.OperationTimeout;

    /// <summary>Lists a page.</summary>
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
        { InStock: not null } or { Name.Length: > 0 } => null,
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
