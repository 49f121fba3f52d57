using System.Text;
using RedisAspire.ApiService.Data;
using RedisAspire.Caching;

namespace RedisAspire.ApiService.Keys;

/// <summary>The application's own keys, and the rules for showing and deleting them.</summary>
internal sealed class ReservedKeys(IOptions<ReplicatedCacheOptions> options)
{
    public const string Refusal = "The application alone writes the values of its own keys (app:, db:).";

    public const string SecretRefusal = "Sessions, and the keys that encrypt their cookies, are never shown.";

    private readonly byte[][] _reserved = Prefixes(options.Value, DataKey.ReservedPrefixes);
    private readonly byte[][] _own = Prefixes(options.Value, ["app:"]);
    // With the keys of data protection, anyone could forge the cookie of any session.
    private readonly byte[][] _secret = Prefixes(options.Value, ["app:data-protection:", "app:cache:distributed:"]);

    /// <summary>Whether deleting by a pattern leaves a key alone: its prefix is reserved, and the pattern does not begin with that.</summary>
    public bool Spares(byte[] key, KeyPattern pattern) =>
        Array.Exists(_reserved, prefix => key.AsSpan().StartsWith(prefix) && !pattern.Start.AsSpan().StartsWith(prefix));

    /// <summary>Whether a value is written by the application alone: its keys depend on each other.</summary>
    public bool IsReserved(byte[] key) => StartsWithOne(_reserved, key);

    /// <summary>Whether a key is shown only with the admin key: it is the application's own, and no product.</summary>
    public bool IsOwn(byte[] key) => StartsWithOne(_own, key);

    /// <summary>Whether the value of a key is never shown: sessions, and the keys that encrypt their cookies.</summary>
    public bool IsSecret(byte[] key) => StartsWithOne(_secret, key);

    private static bool StartsWithOne(byte[][] prefixes, byte[] key) => Array.Exists(prefixes, prefix => key.AsSpan().StartsWith(prefix));

    private static byte[][] Prefixes(ReplicatedCacheOptions options, IEnumerable<string> prefixes) =>
        [.. prefixes.SelectMany(prefix => new[] { prefix, options.KeyPrefix + prefix }).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];
}
