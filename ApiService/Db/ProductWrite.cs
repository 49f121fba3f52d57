using System.Globalization;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

/// <summary>A change of one product, with all that it is found by.</summary>
internal sealed class ProductWrite
{
    private readonly string _script;
    private readonly RedisKey[] _keys;
    private readonly RedisValue[] _arguments;

    private ProductWrite(string script, RedisKey[] keys, RedisValue[] arguments) => (_script, _keys, _arguments) = (script, keys, arguments);

    /// <summary>Creates or replaces a product.</summary>
    public static ProductWrite Save(Product product, WriteCondition condition) => new(
        CatalogueScripts.Save,
        [CatalogueKeys.Product(product.Id), CatalogueKeys.Products, CatalogueKeys.ByPrice, CatalogueKeys.Categories, CatalogueKeys.Version, CatalogueKeys.Category(product.Category)],
        [.. Subject(product.Id, condition), product.Price.ToString(CultureInfo.InvariantCulture), product.Category, ProductJson.Write(product with { Version = 0 })]);

    /// <summary>Deletes a product.</summary>
    public static ProductWrite Delete(string id, WriteCondition condition) => new(
        CatalogueScripts.Delete, [CatalogueKeys.Product(id), CatalogueKeys.Products, CatalogueKeys.ByPrice, CatalogueKeys.Categories], Subject(id, condition));

    /// <summary>Sends it.</summary>
    // The script itself and not its hash: one that the node does not know would be sent again, behind a WAIT that was to wait for it.
    public Task<RedisResult> SendAsync(IDatabase database) => database.ScriptEvaluateAsync(_script, _keys, _arguments, CommandFlags.NoScriptCache);

    private static RedisValue[] Subject(string id, WriteCondition condition) => [id, condition.MustBeNew ? "1" : "0", condition.Versions];
}
