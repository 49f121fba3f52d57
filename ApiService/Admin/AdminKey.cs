using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace RedisAspire.ApiService.Admin;

/// <summary>The configured admin key, as far as it has to be known to recognise it.</summary>
internal sealed class AdminKey(IOptions<AdminOptions> options)
{
    /// <summary>The header that carries the key.</summary>
    public const string Header = "X-Admin-Key";

    private readonly byte[]? _hash = options.Value.Key is { Length: > 0 } key ? Hash(key) : null;

    /// <summary>Whether there is a key at all.</summary>
    public bool IsConfigured => _hash is not null;

    /// <summary>Whether a request's header holds the key, once.</summary>
    public bool Matches(StringValues header) =>
        _hash is not null
        && header is [{ Length: > 0 } given]
        // Hashes are equally long, so that the time of the comparison says nothing of the key's length either.
        && CryptographicOperations.FixedTimeEquals(Hash(given), _hash);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
