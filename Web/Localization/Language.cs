namespace RedisAspire.Web.Localization;

/// <summary>A language that the pages speak.</summary>
/// <param name="Code">Its code, as in <c>lang</c> and <c>Accept-Language</c>.</param>
/// <param name="Name">Its name in itself.</param>
public sealed record Language(string Code, string Name)
{
    /// <summary>All of them; the first one is spoken to whoever prefers none of them.</summary>
    public static IReadOnlyList<Language> All { get; } = [new("en", "English"), new("fr", "Français")];
}
