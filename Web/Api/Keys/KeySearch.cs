namespace RedisAspire.Web.Api.Keys;

/// <summary>Which keys are wanted.</summary>
/// <param name="Pattern">A glob of Redis.</param>
/// <param name="Type">The type of the value; any if nothing is said.</param>
public sealed record KeySearch(string Pattern, string? Type)
{
    /// <summary>All keys.</summary>
    public static KeySearch All { get; } = new("*", Type: null);
}
