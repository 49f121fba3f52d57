using StackExchange.Redis;

namespace RedisAspire.ApiService.Storage;

/// <summary>Reads the replies of stream commands, which older versions of the client do not know.</summary>
internal static class StreamReply
{
    /// <summary>The entries of a list; those that have been removed meanwhile are left out.</summary>
    public static IEnumerable<StreamItem> Entries(RedisResult reply)
    {
        foreach (var entry in Items(reply))
        {
            if (Items(entry) is [var id, { IsNull: false } fields])
                yield return new StreamItem((string)id!, Fields(fields));
        }
    }

    /// <summary>Names and values that take turns.</summary>
    public static IReadOnlyDictionary<string, string?> Fields(RedisResult reply)
    {
        var fields = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var pair in Items(reply).Chunk(2))
            fields[(string)pair[0]!] = pair.Length == 2 ? (string?)pair[1] : null;
        return fields;
    }

    /// <summary>The elements of a list; none when there is no list.</summary>
    public static RedisResult[] Items(RedisResult reply) => reply.IsNull ? [] : (RedisResult[])reply!;
}
