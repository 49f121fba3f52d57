using System.Text;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Data;
using RedisAspire.Caching;

namespace RedisAspire.ApiService.Keys;

/// <summary>The application's own keys and the catalogue, which nobody deletes who has not named them.</summary>
internal sealed class ReservedKeys(IOptions<ReplicatedCacheOptions> options)
{
    private readonly byte[][] _prefixes =
        [.. DataKey.ReservedPrefixes.SelectMany(prefix => new[] { prefix, options.Value.KeyPrefix + prefix }).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];

    /// <summary>Whether deleting by a pattern leaves a key alone: its prefix is reserved, and the pattern does not begin with that.</summary>
    public bool Spares(byte[] key, KeyPattern pattern) =>
        Array.Exists(_prefixes, prefix => key.AsSpan().StartsWith(prefix) && !pattern.Start.AsSpan().StartsWith(prefix));
}
