using System.Security.Cryptography;
using System.Text;

namespace RedisAspire.ServiceDefaults;

/// <summary>A configured secret, as far as it has to be known to recognise it.</summary>
/// <param name="value">The secret; without one, nothing is recognised.</param>
public sealed class Secret(string? value)
{
    private readonly byte[]? _hash = string.IsNullOrEmpty(value) ? null : Hash(value);

    /// <summary>Whether there is a secret at all.</summary>
    public bool IsConfigured => _hash is not null;

    /// <summary>Whether a text is the secret.</summary>
    /// <param name="given">The text.</param>
    /// <returns><see langword="true"/> if it is; never when no secret is configured.</returns>
    public bool Matches(string? given) =>
        _hash is not null
        && !string.IsNullOrEmpty(given)
        // Hashes are equally long, so that the time of the comparison says nothing of the secret's length either.
        && CryptographicOperations.FixedTimeEquals(Hash(given), _hash);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
