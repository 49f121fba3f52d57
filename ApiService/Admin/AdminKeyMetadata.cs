namespace RedisAspire.ApiService.Admin;

/// <summary>Marks an endpoint that needs the admin key.</summary>
internal sealed class AdminKeyMetadata
{
    public static AdminKeyMetadata Instance { get; } = new();
}
