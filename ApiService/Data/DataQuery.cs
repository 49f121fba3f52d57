using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Caching.Hybrid;
using RedisAspire.Caching;

namespace RedisAspire.ApiService.Data;

/// <summary>How a value is to be looked up.</summary>
/// <param name="BypassNear">Whether the values that are kept in the process are passed over.</param>
/// <param name="Ttl">How long a value that comes from the database remains cached, in seconds.</param>
internal sealed record DataQuery(
    [property: FromQuery(Name = "bypassNear"), Description("Passes over the values that are kept in the process: Redis answers, or the database.")] bool BypassNear = false,
    [property: FromQuery(Name = "ttl"), Description("How long a value that comes from the database remains cached, in seconds: 1 to 86400.")] int? Ttl = null)
{
    private const int MaximumTtl = 86_400;

    /// <summary>What is wrong with it, by parameter.</summary>
    public Dictionary<string, string[]> Check()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (Ttl is < 1 or > MaximumTtl)
            errors["ttl"] = [$"A time to live is 1 to {MaximumTtl} seconds."];
        return errors;
    }

    /// <summary>The same for the cache.</summary>
    public CacheEntryOptions? ToCacheOptions() => this is { BypassNear: false, Ttl: null } ? null : new CacheEntryOptions
    {
        Expiration = Ttl is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Flags = BypassNear ? HybridCacheEntryFlags.DisableLocalCacheRead : null,
    };
}
