using System.Collections;
using System.Collections.Frozen;
using System.Globalization;
using System.Resources;

namespace RedisAspire.Web.Localization;

/// <summary>
/// The French of the products that the catalogue begins with: names, features and categories. Redis has them in English, and a
/// product that somebody adds is shown as it is.
/// </summary>
internal static class ProductTexts
{
    // A localizer remembers every text that it was asked for in vain, and visitors may write any.
    private static readonly FrozenDictionary<string, string> French =
        new ResourceManager(typeof(ProductTexts)).GetResourceSet(CultureInfo.GetCultureInfo("fr"), createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>()
            .ToFrozenDictionary(text => (string)text.Key, text => (string)text.Value!, StringComparer.Ordinal);

    /// <summary>The text in the language of the page, if there is a translation.</summary>
    public static string Of(string text) => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "fr" ? French.GetValueOrDefault(text, text) : text;

    /// <summary>Finds the texts that have a part only in French, where the page is in French: Redis is asked for these as well.</summary>
    public static IEnumerable<string> ShownWith(string part) => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "fr"
        ? French.Where(text => Has(text.Value, part) && !Has(text.Key, part)).Select(text => text.Key)
        : [];

    private static bool Has(string text, string part) => CultureInfo.InvariantCulture.CompareInfo.IndexOf(text, part, CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace) >= 0;
}
