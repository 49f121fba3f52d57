using System.Buffers.Text;
using System.Text;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

/// <summary>Lists the categories, from the read node, in the order of their bytes.</summary>
internal sealed class CategoryLister(RedisReads reads, IOptions<DbOptions> options)
{
    private readonly TimeSpan _timeout = options.Value.OperationTimeout;

    /// <summary>Lists a page.</summary>
    public Task<CategoryListResponse> ListAsync(int limit, string? cursor, CancellationToken cancellationToken) =>
        reads.ReadAsync(async (node, database) =>
        {
            // One more than the page has tells whether there is another.
            var names = await database.SortedSetRangeByValueAsync(CatalogueKeys.Categories, After(cursor), exclude: Exclude.Start, take: limit + 1).WaitAsync(_timeout, cancellationToken);
            var page = names.Take(limit).Select(name => name.ToString()).ToArray();
            var counts = await Task.WhenAll(page.Select(name => database.SetLengthAsync(CatalogueKeys.Category(name)))).WaitAsync(_timeout, cancellationToken);
            var next = names.Length > limit ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(page[^1])) : null;
            return new CategoryListResponse([.. page.Zip(counts, (name, count) => new CategoryResponse(name, count))], next, ProductResponse.RedisDb, node);
        }, cancellationToken);

    private static RedisValue After(string? cursor) => cursor is null ? RedisValue.Null : Base64Url.DecodeFromChars(cursor);
}
