namespace RedisAspire.ApiService.Bench;

/// <summary>What may be asked of the bench.</summary>
internal static class BenchRules
{
    private const int MaximumRequests = 100_000;
    private const int MaximumConcurrency = 64;
    private const int MaximumKeys = 10_000;

    /// <summary>Says what is wrong, by the name of the member.</summary>
    public static Dictionary<string, string[]> Check(this BenchRequest request)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        CheckRange("requests", request.Requests, 1, MaximumRequests, errors);
        CheckRange("concurrency", request.Concurrency, 1, MaximumConcurrency, errors);
        CheckRange("keys", request.Keys, 1, MaximumKeys, errors);
        CheckRange("readPercent", request.ReadPercent, 0, 100, errors);
        if (request.Distribution is not (BenchRequest.Uniform or BenchRequest.Zipf))
            errors["distribution"] = [$"It is '{BenchRequest.Uniform}' or '{BenchRequest.Zipf}'."];
        if (request.Level is not (BenchRequest.Near or BenchRequest.Redis or BenchRequest.Source))
            errors["level"] = [$"It is '{BenchRequest.Near}', '{BenchRequest.Redis}' or '{BenchRequest.Source}'."];
        else if (request.Level == BenchRequest.Source && request.ReadPercent != 100)
            errors.TryAdd("readPercent", ["The source is only read: it is 100 there."]);
        return errors;
    }

    private static void CheckRange(string member, int value, int minimum, int maximum, Dictionary<string, string[]> errors)
    {
        if (value < minimum || value > maximum)
            errors[member] = [FormattableString.Invariant($"It is a whole number from {minimum} to {maximum}.")];
    }
}
