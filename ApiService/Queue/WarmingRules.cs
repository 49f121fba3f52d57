using RedisAspire.ApiService.Data;

namespace RedisAspire.ApiService.Queue;

/// <summary>What keys a job may have.</summary>
internal static class WarmingRules
{
    /// <summary>How many keys a job has whose visitor has no admin key.</summary>
    public const int MaximumKeysOfVisitors = 10;

    private const int MaximumKeys = 100;
    private const int MaximumCharacters = 8192;

    /// <summary>Says what is wrong with the keys.</summary>
    /// <returns><see langword="null"/> when nothing is.</returns>
    public static string? Check(IReadOnlyList<string> keys)
    {
        if (keys.Count is 0 or > MaximumKeys)
            return $"A job has 1 to {MaximumKeys} keys; this one has {keys.Count}.";
        if (keys.Any(key => key is null))
            return "A key is a text.";
        if (keys.Sum(key => key.Length) > MaximumCharacters)
            return $"The keys of a job have together at most {MaximumCharacters} characters.";
        return keys.Select(DataKey.Check).FirstOrDefault(error => error is not null);
    }
}
