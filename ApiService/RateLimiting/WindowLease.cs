using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary>A request passes, or not before some time.</summary>
internal sealed class WindowLease : RateLimitLease
{
    private readonly TimeSpan? _retryAfter;

    private WindowLease(TimeSpan? retryAfter) => _retryAfter = retryAfter;

    public static WindowLease Acquired { get; } = new(retryAfter: null);

    public override bool IsAcquired => _retryAfter is null;

    public override IEnumerable<string> MetadataNames => IsAcquired ? [] : [MetadataName.RetryAfter.Name];

    public static WindowLease Refused(TimeSpan retryAfter) => new(retryAfter);

    public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
    {
        metadata = metadataName == MetadataName.RetryAfter.Name ? _retryAfter : null;
        return metadata is not null;
    }
}
