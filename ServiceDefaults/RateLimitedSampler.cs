using OpenTelemetry.Trace;

namespace RedisAspire.ServiceDefaults;

/// <summary>
/// Samples every trace up to a number in each second: whatever a person does is there to be looked at, and under load a
/// request does not cost a third more for one trace among thousands.
/// </summary>
internal sealed class RateLimitedSampler(int perSecond, TimeProvider time) : Sampler
{
    private long _second;
    private int _sampled;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var second = time.GetTimestamp() / time.TimestampFrequency;
        var before = Volatile.Read(ref _second);
        if (second != before && Interlocked.CompareExchange(ref _second, second, before) == before)
            Volatile.Write(ref _sampled, 0);
        // The number is read before it is raised, so that it does not overflow and costs nothing once it is reached.
        return new SamplingResult(Volatile.Read(ref _sampled) < perSecond && Interlocked.Increment(ref _sampled) <= perSecond);
    }
}
