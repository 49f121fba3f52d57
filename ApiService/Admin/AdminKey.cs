using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using RedisAspire.ServiceDefaults;

namespace RedisAspire.ApiService.Admin;

/// <summary>The configured admin key, as far as it has to be known to recognise it.</summary>
internal sealed class AdminKey(IOptions<AdminOptions> options)
{
    /// <summary>The header that carries the key.</summary>
    public const string Header = "X-Admin-Key";

    private readonly Secret _key = new(options.Value.Key);

    /// <summary>Whether there is a key at all.</summary>
    public bool IsConfigured => _key.IsConfigured;

    /// <summary>Whether a request's header holds the key, once.</summary>
    public bool Matches(StringValues header) => header is [{ } given] && _key.Matches(given);
}
