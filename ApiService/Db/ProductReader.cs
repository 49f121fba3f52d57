using Microsoft.Extensions.Options;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Db;

/// <summary>Reads products from the master, so that everybody sees what has just been written.</summary>
internal sealed class ProductReader(RedisMaster master, RedisTopology topology, IOptions<DbOptions> options)
{
    /// <summary>The node that is read.</summary>
    public string? Node => topology.Snapshot.Master;

    /// <summary>Reads a product.</summary>
    /// <returns>The product; <see langword="null"/> when there is none.</returns>
    /// <exception cref="NoProductException">What is stored there is no product.</exception>
    public async Task<Product?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var stored = await master.ExecuteAsync(database => database.StringGetAsync(CatalogueKeys.Product(id)), options.Value.OperationTimeout, cancellationToken);
        return stored.IsNull ? null : ProductJson.TryRead(id, stored) ?? throw new NoProductException($"What is stored at '{CatalogueKeys.Product(id)}' is no product.");
    }
}
