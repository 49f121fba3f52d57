using System.Diagnostics;
using OpenTelemetry.Trace;
using RedisAspire.ServiceDefaults;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ServiceDefaults;

public sealed class RateLimitedSamplerTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Traces_beyond_the_limit_are_not_sampled_until_the_next_second()
    {
        var sampler = new RateLimitedSampler(perSecond: 3, _time);

        Assert.Equal(3, Sampled(sampler, 10));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, Sampled(sampler, 10));
    }

    private static int Sampled(RateLimitedSampler sampler, int traces) =>
        Enumerable.Range(0, traces).Count(_ => sampler.ShouldSample(new SamplingParameters(default, ActivityTraceId.CreateRandom(), "GET", ActivityKind.Server)).Decision == SamplingDecision.RecordAndSample);
}
