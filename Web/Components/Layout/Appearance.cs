namespace RedisAspire.Web.Components.Layout;

/// <summary>
/// Light or dark: as chosen on the page, else as the system prefers. Both come as cookies, so that the very first
/// byte of a page is drawn right and only one theme is downloaded.
/// </summary>
internal static class Appearance
{
    public const string Light = "standard";
    public const string Dark = "standard-dark";

    /// <summary>The cookie with the theme that was chosen.</summary>
    public const string ChosenCookie = "theme";

    // Written by appearance.js.
    private const string SystemCookie = "system-appearance";

    public static string Of(HttpRequest? request) => request?.Cookies[ChosenCookie] switch
    {
        Light => Light,
        Dark => Dark,
        _ => request?.Cookies[SystemCookie] == "dark" ? Dark : Light,
    };
}
