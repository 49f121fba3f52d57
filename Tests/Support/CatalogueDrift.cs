using System.Globalization;
using System.Text.Json;
using RedisAspire.RedisProcesses;

namespace RedisAspire.Tests.Support;

/// <summary>Compares the catalogue's products with its indexes by itself, on a node that nobody writes to.</summary>
internal static class CatalogueDrift
{
    /// <summary>What is there that should not be, and the other way round.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(RedisServer node)
    {
        var expected = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var key in await KeysAsync(node, "db:product:*"))
        {
            var product = JsonDocument.Parse((string)(await node.ExecuteAsync("GET", key))!).RootElement;
            var (id, category) = (product.GetProperty("id").GetString(), product.GetProperty("category").GetString());
            Assert.Equal(key, $"db:product:{id}");
            expected.Add($"db:products {id}");
            expected.Add($"db:category:{category} {id}");
            expected.Add($"db:categories {category}");
            expected.Add(string.Create(CultureInfo.InvariantCulture, $"db:products:by_price {id} {product.GetProperty("price").GetDouble()}"));
        }

        var actual = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var key in (await KeysAsync(node, "db:category:*")).Append("db:products"))
            actual.UnionWith((await TextsAsync(node, "SMEMBERS", key)).Select(id => $"{key} {id}"));
        actual.UnionWith((await TextsAsync(node, "ZRANGE", "db:categories", 0, -1)).Select(category => $"db:categories {category}"));
        actual.UnionWith((await TextsAsync(node, "ZRANGE", "db:products:by_price", 0, -1, "WITHSCORES"))
            .Chunk(2).Select(pair => string.Create(CultureInfo.InvariantCulture, $"db:products:by_price {pair[0]} {double.Parse(pair[1], CultureInfo.InvariantCulture)}")));

        return [.. expected.Except(actual, StringComparer.Ordinal).Select(entry => $"missing: {entry}"), .. actual.Except(expected, StringComparer.Ordinal).Select(entry => $"too much: {entry}")];
    }

    private static Task<string[]> KeysAsync(RedisServer node, string pattern) => TextsAsync(node, "KEYS", pattern);

    private static async Task<string[]> TextsAsync(RedisServer node, string command, params object[] arguments) =>
        ((string[]?)await node.ExecuteAsync(command, arguments))!;
}
