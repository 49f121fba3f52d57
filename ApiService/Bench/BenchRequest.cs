namespace RedisAspire.ApiService.Bench;

/// <summary>The body of <c>POST /api/bench</c>.</summary>
/// <param name="Requests">How many requests are made: 1 to 100,000.</param>
/// <param name="Concurrency">How many of them at the same time: 1 to 64.</param>
/// <param name="Keys">How many different keys they ask for: 1 to 10,000.</param>
/// <param name="Distribution"><c>uniform</c>, or <c>zipf</c> when few keys are asked for most of the time, as in life.</param>
/// <param name="ReadPercent">How many of a hundred requests read; the others write.</param>
/// <param name="Level">Where reads begin: <c>near</c> in the process, <c>redis</c> beyond it, or <c>source</c> in the slow database without any cache.</param>
internal sealed record BenchRequest(
    int Requests = 1000,
    int Concurrency = 8,
    int Keys = 100,
    string Distribution = BenchRequest.Uniform,
    int ReadPercent = 100,
    string Level = BenchRequest.Near)
{
    public const string Uniform = "uniform";
    public const string Zipf = "zipf";
    public const string Near = "near";
    public const string Redis = "redis";
    public const string Source = "source";

    private const int MaximumRequests = 100_000;
    private const int MaximumConcurrency = 64;
    private const int MaximumKeys = 10_000;

    /// <summary>Says what is wrong, by the name of the member.</summary>
    public Dictionary<string, string[]> Check()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        CheckRange("requests", Requests, 1, MaximumRequests, errors);
        CheckRange("concurrency", Concurrency, 1, MaximumConcurrency, errors);
        CheckRange("keys", Keys, 1, MaximumKeys, errors);
        CheckRange("readPercent", ReadPercent, 0, 100, errors);
        if (Distribution is not (Uniform or Zipf))
            errors["distribution"] = [$"It is '{Uniform}' or '{Zipf}'."];
        if (Level is not (Near or Redis or Source))
            errors["level"] = [$"It is '{Near}', '{Redis}' or '{Source}'."];
        else if (Level == Source && ReadPercent != 100)
            errors.TryAdd("readPercent", ["The source is only read: it is 100 there."]);
        return errors;
    }

    private static void CheckRange(string member, int value, int minimum, int maximum, Dictionary<string, string[]> errors)
    {
        if (value < minimum || value > maximum)
            errors[member] = [FormattableString.Invariant($"It is a whole number from {minimum} to {maximum}.")];
    }
}
