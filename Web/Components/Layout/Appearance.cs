namespace RedisAspire.Web.Components.Layout;

/// <summary>
/// Light or dark: the choice on the page, or else the preference of the system. Both come as cookies, so that the server draws
/// the page in the right theme and the browser downloads only that one.
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
