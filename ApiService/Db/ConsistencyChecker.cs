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
            // A category is looked at itself as well, even one that no product is of.
            foreach (var some in category == "" ? ids.Chunk(Step) : ids.Chunk(Step).DefaultIfEmpty([]))
            {
                var drifts = (RedisResult[])(await database.ScriptEvaluateAsync(
                    CatalogueScripts.Reconcile, [CatalogueKeys.Products, CatalogueKeys.ByPrice, CatalogueKeys.Categories], [repair ? 1 : 0, category, .. some]).WaitAsync(_timeout, cancellationToken))!;
                foreach (var drift in drifts)
                {
                    var texts = Array.ConvertAll((RedisResult[])drift!, text => (string)text!);
                    yield return new DriftResponse(texts[0], texts[1..]);
                }
            }
        }
    }

    // Every id that a key or an index knows, and in which category if it is from there.
    private async IAsyncEnumerable<(RedisValue Category, IEnumerable<RedisValue> Ids)> CandidatesAsync(
        IDatabase database, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var categories = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var page in RedisScan.KeysAsync(database, CatalogueKeys.Prefix, _timeout, cancellationToken))
        {
            var keys = Array.ConvertAll(page, key => (string)key!);
            yield return ("", NamesOf(keys, CatalogueKeys.ProductPrefix).Select(id => (RedisValue)id));
            categories.UnionWith(NamesOf(keys, CatalogueKeys.CategoryPrefix));
        }

        await foreach (var ids in RedisScan.MembersAsync(database, CatalogueKeys.Products, _timeout, cancellationToken))
            yield return ("", ids.Select(id => (RedisValue)id));

        await foreach (var pairs in RedisScan.ScoredMembersAsync(database, CatalogueKeys.ByPrice, _timeout, cancellationToken))
            yield return ("", MembersOf(pairs));

        await foreach (var pairs in RedisScan.ScoredMembersAsync(database, CatalogueKeys.Categories, _timeout, cancellationToken))
            categories.UnionWith(MembersOf(pairs).Select(category => (string)category!));

        foreach (var category in categories)
        {
            await foreach (var ids in RedisScan.MembersAsync(database, CatalogueKeys.Category(category), _timeout, cancellationToken))
                yield return (category, ids.Select(id => (RedisValue)id));
        }
    }

    // Each is followed by its score.
    private static IEnumerable<RedisValue> MembersOf(RedisResult[] pairs) => pairs.Where((_, i) => i % 2 == 0).Select(member => (RedisValue)member);

    private static IEnumerable<string> NamesOf(string[] keys, string prefix) =>
        keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..]);
}
