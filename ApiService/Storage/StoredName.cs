using System.Text.RegularExpressions;

namespace RedisAspire.ApiService.Storage;

/// <summary>What somebody may call what is stored for them.</summary>
internal static partial class StoredName
{
    /// <summary>What a name has to be.</summary>
    /// <param name="subject">How the sentence begins.</param>
    public static string Rule(string subject = "A name") => $"{subject} has 1 to 64 characters: letters from A to Z, digits, '-' and '_'.";

    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
