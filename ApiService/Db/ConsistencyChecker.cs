using System.Runtime.CompilerServices;

namespace RedisAspire.ApiService.Db;

/// <summary>
/// Finds products that are missing in their indexes, and index entries without a product. A batch of products is compared
/// with its indexes by one script on the master, so that concurrent writes do not disturb the comparison.
/// </summary>
internal sealed class ConsistencyChecker(RedisMaster master, IOptions<DbOptions> options)
{
    private const int Step = 25;

    // How many keys a node examines in one step of a scan: well below a millisecond of work.
    private const int PageSize = 500;

    private static readonly string Reconcile = EmbeddedScript.Read("ProductFunctions.lua", "ReconcileProducts.lua");

    private readonly TimeSpan _timeout = options.Value.OperationTimeout;

    /// <summary>Compares all products with all indexes. Those that differ come as they are found, and may come more than once.</summary>
    public async IAsyncEnumerable<DriftResponse> CompareAsync(bool repair, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = master.Database;
        await foreach (var (category, ids) in CandidatesAsync(database, cancellationToken))
        {
            var drifts = (RedisResult[])(await database.ScriptEvaluateAsync(
                Reconcile, [CatalogueKeys.Products, CatalogueKeys.ByPrice, CatalogueKeys.Categories], [repair ? 1 : 0, category, .. ids]).WaitAsync(_timeout, cancellationToken))!;
            foreach (var drift in drifts)
            {
                var texts = (string[])drift!;
                yield return new DriftResponse(texts[0], texts[1..]);
            }
        }
    }

    // Every id in a key or an index, in batches, with the category if the id comes from there.
    private static async IAsyncEnumerable<(RedisValue Category, RedisValue[] Ids)> CandidatesAsync(
        IDatabase database, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var categories = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var keys in database.Server().KeysAsync(database.Database, pattern: CatalogueKeys.Prefix + "*", pageSize: PageSize).Chunk(Step).WithCancellation(cancellationToken))
        {
            yield return ("", [.. NamesOf(keys, CatalogueKeys.ProductPrefix).Select(id => (RedisValue)id)]);
            categories.UnionWith(NamesOf(keys, CatalogueKeys.CategoryPrefix));
        }

        await foreach (var ids in database.SetScanAsync(CatalogueKeys.Products, pageSize: PageSize).Chunk(Step).WithCancellation(cancellationToken))
            yield return ("", ids);

        await foreach (var entries in database.SortedSetScanAsync(CatalogueKeys.ByPrice, pageSize: PageSize).Chunk(Step).WithCancellation(cancellationToken))
            yield return ("", Array.ConvertAll(entries, entry => entry.Element));

        await foreach (var entry in database.SortedSetScanAsync(CatalogueKeys.Categories, pageSize: PageSize).WithCancellation(cancellationToken))
            categories.Add(entry.Element.ToString());

        foreach (var category in categories)
        {
            // A category is checked itself as well, even without products.
            await foreach (var ids in database.SetScanAsync(CatalogueKeys.Category(category), pageSize: PageSize).Chunk(Step).DefaultIfEmpty([]).WithCancellation(cancellationToken))
                yield return (category, ids);
        }
    }

    private static IEnumerable<string> NamesOf(RedisKey[] keys, string prefix) => keys.Select(key => key.ToString())
        .Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..]);
}
