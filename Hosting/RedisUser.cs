using System.Security.Cryptography;
using System.Text;

namespace RedisAspire.Hosting;

/// <summary>A user of the nodes' access control lists. See https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Password">The password in clear.</param>
/// <param name="Rules">Keys, channels and commands.</param>
internal sealed record RedisUser(string Name, string Password, string Rules)
{
    /// <summary>A user with a random password.</summary>
    public static RedisUser Create(string name, string rules) =>
        new(name, RandomNumberGenerator.GetHexString(32, lowercase: true), rules);

    /// <summary>The user's line in <c>redis.conf</c>; it holds the password's hash only.</summary>
    public string ToConfiguration() =>
        $"user {Name} on #{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Password)))} {Rules}";

    /// <inheritdoc/>
    public override string ToString() => Name;
}
