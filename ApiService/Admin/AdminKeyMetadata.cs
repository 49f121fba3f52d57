namespace RedisAspire.ApiService.Admin;

/// <summary>Marks an endpoint that needs the admin key, always or for some of what it does.</summary>
internal sealed record AdminKeyMetadata(bool IsAlwaysNeeded)
{
    public static AdminKeyMetadata Always { get; } = new(IsAlwaysNeeded: true);

    public static AdminKeyMetadata Sometimes { get; } = new(IsAlwaysNeeded: false);
}
