using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

/// <summary>
/// Finds products that are not found by what they are, and entries of indexes that lead nowhere. Some products are compared
/// at a time, each together with all of its indexes in one step of the master, so that writes meanwhile disturb nothing.
/// </summary>
internal sealed class ConsistencyChecker(RedisMaster master, IOptions<DbOptions> options)
{
    private const int Step = 25;

    // How much a node looks at in one step of a scan: well below a millisecond of work.
    private const int PageSize = 500;

    private readonly TimeSpan _timeout = options.Value.OperationTimeout;

    /// <summary>Compares all products with all indexes.</summary>
    /// <param name="repair">Whether to put right what differs, at once.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What differs, as it is found; the same may be found more than once.</returns>
    public async IAsyncEnumerable<DriftResponse> CompareAsync(bool repair, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = master.Database;
        await foreach (var (category, ids) in CandidatesAsync(database, cancellationToken))
        {
            var drifts = (RedisResult[])(await database.ScriptEvaluateAsync(
                CatalogueScripts.Reconcile, [CatalogueKeys.Products, CatalogueKeys.ByPrice, CatalogueKeys.Categories], [repair ? 1 : 0, category, .. ids]).WaitAsync(_timeout, cancellationToken))!;
            foreach (var drift in drifts)
            {
                var texts = (string[])drift!;
                yield return new DriftResponse(texts[0], texts[1..]);
            }
        }
    }

    // Every id that a key or an index knows, some at a time, and in which category if it is from there.
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
            // A category is looked at itself as well, even one that no product is of.
            await foreach (var ids in database.SetScanAsync(CatalogueKeys.Category(category), pageSize: PageSize).Chunk(Step).DefaultIfEmpty([]).WithCancellation(cancellationToken))
                yield return (category, ids);
        }
    }

    private static IEnumerable<string> NamesOf(RedisKey[] keys, string prefix) => keys.Select(key => key.ToString())
        .Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..]);
}
