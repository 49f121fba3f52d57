using System.Security.Cryptography;
using System.Text;

namespace RedisAspire.ServiceDefaults;

/// <summary>A configured secret, of which only a hash is kept.</summary>
/// <param name="value">The secret; without one, no text matches.</param>
public sealed class Secret(string? value)
{
    private readonly byte[]? _hash = string.IsNullOrEmpty(value) ? null : Hash(value);

    /// <summary>Whether a secret is configured.</summary>
    public bool IsConfigured => _hash is not null;

    /// <summary>Whether a text is the secret; never when none is configured.</summary>
    public bool Matches(string? given) =>
        _hash is not null
        && !string.IsNullOrEmpty(given)
        // Hashes have the same length, so that the time of the comparison does not reveal the length of the secret either.
        && CryptographicOperations.FixedTimeEquals(Hash(given), _hash);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
