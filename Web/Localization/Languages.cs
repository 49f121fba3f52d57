using Microsoft.AspNetCore.Localization;

namespace RedisAspire.Web.Localization;

/// <summary>
/// Selects the language that was chosen on the page, or else the one that the browser prefers. English sentences are the keys
/// of the resources, so only the other languages need a file.
/// </summary>
internal static class LocalizationExtensions
{
    public static IServiceCollection AddLanguages(this IServiceCollection services)
    {
        services.AddLocalization();
        return services.Configure<RequestLocalizationOptions>(options =>
        {
            var codes = Language.All.Select(language => language.Code).ToArray();
            options.SetDefaultCulture(codes[0]).AddSupportedCultures(codes).AddSupportedUICultures(codes);
            options.RequestCultureProviders = [new CookieRequestCultureProvider(), new AcceptLanguageHeaderRequestCultureProvider()];
            options.ApplyCurrentCultureToResponseHeaders = true;
        });
    }

    /// <summary>Maps <c>/language/{code}?back=/page</c>, which remembers the language and goes back.</summary>
    public static void MapLanguageSwitch(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/language/{code}", (string code, string? back, HttpContext context) =>
        {
            if (Language.All.Any(language => language.Code == code))
            {
                context.Response.Cookies.Append(
                    CookieRequestCultureProvider.DefaultCookieName,
                    CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(code)),
                    new CookieOptions { Path = "/", MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, HttpOnly = true, IsEssential = true });
            }

            return TypedResults.LocalRedirect(LocalAddress.Of(back));
        });
}

/// <summary>A language of the pages: its code, as in <c>lang</c> and <c>Accept-Language</c>, and its name in the language itself.</summary>
internal sealed record Language(string Code, string Name)
{
    /// <summary>The first one is the default.</summary>
    public static IReadOnlyList<Language> All { get; } = [new("en", "English"), new("fr", "Français")];
}
