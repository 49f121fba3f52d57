using RedisAspire.ApiService.Data;

namespace RedisAspire.ApiService.Queue;

/// <summary>The body of <c>POST /api/queue</c>.</summary>
/// <param name="Keys">The keys to warm: 1 to 100, together at most 8,192 characters; more than 10 with the admin key only.</param>
internal sealed record WarmingRequest(IReadOnlyList<string> Keys)
{
    /// <summary>How many keys a job has whose visitor has no admin key.</summary>
    public const int MaximumKeysOfVisitors = 10;

    private const int MaximumKeys = 100;
    private const int MaximumCharacters = 8192;

    /// <summary>Says what is wrong with the keys.</summary>
    /// <returns><see langword="null"/> when nothing is.</returns>
    public string? Check()
    {
        if (Keys.Count is 0 or > MaximumKeys)
            return $"A job has 1 to {MaximumKeys} keys; this one has {Keys.Count}.";
        if (Keys.Any(key => key is null))
            return "A key is a text.";
        if (Keys.Sum(key => key.Length) > MaximumCharacters)
            return $"The keys of a job have together at most {MaximumCharacters} characters.";
        return Keys.Select(DataKey.Check).FirstOrDefault(error => error is not null);
    }
}
