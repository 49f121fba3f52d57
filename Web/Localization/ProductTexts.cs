using System.Collections;
using System.Collections.Frozen;
using System.Globalization;
using System.Resources;

namespace RedisAspire.Web.Localization;

/// <summary>
/// The French of the products that the catalogue begins with: names, features and categories. Redis has them in English, and a
/// product that somebody adds is shown as it is.
/// </summary>
public static class ProductTexts
{
    // A localizer remembers every text that it was asked for in vain, and visitors may write any.
    private static readonly FrozenDictionary<string, string> French =
        new ResourceManager(typeof(ProductTexts)).GetResourceSet(CultureInfo.GetCultureInfo("fr"), createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>()
            .ToFrozenDictionary(text => (string)text.Key, text => (string)text.Value!, StringComparer.Ordinal);

    /// <summary>Translates a text of a product into the language of the page.</summary>
    /// <param name="text">The text in Redis.</param>
    /// <returns>Its translation, or the text itself.</returns>
    public static string Of(string text) => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "fr" ? French.GetValueOrDefault(text, text) : text;
}
