namespace RedisAspire.ApiService.Db;

/// <summary>A product, as <c>GET /api/db/products/{id}</c> answers it.</summary>
/// <param name="Id">What it is known by.</param>
/// <param name="Name">Its name.</param>
/// <param name="Category">What kind of product it is.</param>
/// <param name="Price">Its price.</param>
/// <param name="Stock">How many there are.</param>
internal sealed record ProductResponse(string Id, string Name, string Category, decimal Price, int Stock)
{
    public static ProductResponse Of(Product product) => new(product.Id, product.Name, product.Category, product.Price, product.Stock);
}
