namespace RedisAspire.ApiService.Admin;

/// <summary>Who may do what changes or removes things for everybody (<c>Admin</c> in the configuration).</summary>
internal sealed class AdminOptions
{
    /// <summary>The key that such a request has to carry. Without one, nobody may.</summary>
    public string? Key { get; set; }
}
