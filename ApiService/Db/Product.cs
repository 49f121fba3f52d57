using System.Globalization;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

/// <summary>A product of the catalogue, as it is kept in Redis: a hash for good at <c>db:product:{id}</c>.</summary>
/// <param name="Id">What it is known by.</param>
/// <param name="Name">Its name.</param>
/// <param name="Category">What kind of product it is.</param>
/// <param name="Price">Its price.</param>
/// <param name="Stock">How many there are.</param>
internal sealed record Product(string Id, string Name, string Category, decimal Price, int Stock)
{
    /// <summary>The key of a product in Redis.</summary>
    public static string KeyOf(string id) => $"db:product:{id}";

    /// <summary>The fields and their values, one after the other.</summary>
    public IEnumerable<RedisValue> ToHash() =>
    [
        "name", Name,
        "category", Category,
        "price", Price.ToString("0.00", CultureInfo.InvariantCulture),
        "stock", Stock.ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>Reads a hash.</summary>
    /// <returns>The product; <see langword="null"/> when the hash is none.</returns>
    public static Product? FromHash(string id, HashEntry[] hash)
    {
        var fields = hash.ToDictionary(field => field.Name.ToString(), field => (string?)field.Value, StringComparer.Ordinal);
        return fields.TryGetValue("name", out var name) && name is not null
            && fields.TryGetValue("category", out var category) && category is not null
            && decimal.TryParse(fields.GetValueOrDefault("price"), NumberStyles.Number, CultureInfo.InvariantCulture, out var price)
            && int.TryParse(fields.GetValueOrDefault("stock"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var stock)
            ? new Product(id, name, category, price, stock)
            : null;
    }
}
