namespace RedisAspire.Web.Components.Lab;

/// <summary>What the API's words for a run are called on the page.</summary>
internal static class BenchWords
{
    /// <summary>Says a word of the API as a person does.</summary>
    /// <param name="word">A level or a distribution.</param>
    /// <returns>The sentence to be translated.</returns>
    public static string Of(string word) => word switch
    {
        "near" => "near cache",
        "redis" => "Redis",
        "source" => "database",
        "uniform" => "all alike",
        "zipf" => "few very often",
        _ => word,
    };
}
