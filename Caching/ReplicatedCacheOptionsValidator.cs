using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching;

/// <summary>Refuses options that make no sense when the application starts, rather than at some look-up.</summary>
internal sealed class ReplicatedCacheOptionsValidator : IValidateOptions<ReplicatedCacheOptions>
{
    // Far beyond anything that helps, and within what timers take.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, ReplicatedCacheOptions options)
    {
        var failures = Failures(options).ToArray();
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(ReplicatedCacheOptions options)
    {
        (string Name, TimeSpan? Value)[] durations =
        [
            (nameof(options.Expiration), options.Expiration),
            (nameof(options.LocalExpiration), options.LocalExpiration),
            (nameof(options.MaximumJitter), options.MaximumJitter),
            (nameof(options.StaleWindow), options.StaleWindow),
            (nameof(options.SourceSoftTimeout), options.SourceSoftTimeout),
            (nameof(options.NegativeExpiration), options.NegativeExpiration),
            (nameof(options.MaximumLeaseWait), options.MaximumLeaseWait),
        ];
        foreach (var (name, _) in durations.Where(static duration => duration.Value < TimeSpan.Zero))
            yield return $"{name} must not be negative.";

        if (options.SourceHardTimeout <= TimeSpan.Zero)
            yield return $"{nameof(options.SourceHardTimeout)} must be positive.";
        if (options.OperationTimeout <= TimeSpan.Zero || options.OperationTimeout > Longest)
            yield return $"{nameof(options.OperationTimeout)} must be positive and at most a day.";
        if (options.LeaseDuration < TimeSpan.FromMilliseconds(1) || options.LeaseDuration > Longest)
            yield return $"{nameof(options.LeaseDuration)} must be at least a millisecond and at most a day.";
        if (options.MaximumNearEntries <= 0)
            yield return $"{nameof(options.MaximumNearEntries)} must be positive.";
        if (options.MaximumNearBytes <= 0)
            yield return $"{nameof(options.MaximumNearBytes)} must be positive.";
        if (options.MaximumKeyLength < 0)
            yield return $"{nameof(options.MaximumKeyLength)} must not be negative.";
        if (options.MaximumPayloadBytes < 0)
            yield return $"{nameof(options.MaximumPayloadBytes)} must not be negative.";
        if (options.KeyPrefix is null || !NearCache.IsWellFormed(options.KeyPrefix))
            yield return $"{nameof(options.KeyPrefix)} must be a text, if an empty one.";
        if (options.SerializerOptions is null)
            yield return $"{nameof(options.SerializerOptions)} must be given.";
    }
}
