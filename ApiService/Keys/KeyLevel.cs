namespace RedisAspire.ApiService.Keys;

/// <summary>Counts the keys of one level of the tree.</summary>
/// <param name="prefix">What all keys begin with.</param>
/// <param name="separator">What ends the name of a level.</param>
internal sealed class KeyLevel(byte[] prefix, byte[] separator)
{
    private readonly Dictionary<string, KeyTreeItemResponse> _items = new(StringComparer.Ordinal);

    /// <summary>How many different names there are.</summary>
    public int Count => _items.Count;

    public void Add(byte[] key)
    {
        var rest = key.AsSpan(prefix.Length);
        var end = rest.IndexOf(separator);
        var isKey = end < 0;
        var path = KeyNotation.Write(isKey ? key : key.AsSpan(0, prefix.Length + end + separator.Length));
        _items[path] = _items.TryGetValue(path, out var item)
            ? item with { Keys = isKey ? 1 : item.Keys + 1 }
            : new KeyTreeItemResponse(KeyNotation.Write(isKey ? rest : rest[..end]), isKey ? "key" : "prefix", path, 1);
    }

    public KeyTreeItemResponse[] ToItems() => [.. _items.Values.OrderBy(item => item.Path, StringComparer.Ordinal)];
}
