using System.Diagnostics;
using OpenTelemetry.Trace;
using RedisAspire.ServiceDefaults;

namespace RedisAspire.Tests.ServiceDefaults;

public sealed class PageEventSamplerTests
{
    [Theory]
    [InlineData("Microsoft.AspNetCore.Components.HandleEvent", SamplingDecision.RecordAndSample)]
    [InlineData("Microsoft.AspNetCore.Hosting.HttpRequestIn", SamplingDecision.Drop)]
    public void A_click_on_a_page_whose_connection_is_not_sampled_is_sampled_and_nothing_else(string name, SamplingDecision decision)
    {
        var sampler = new PageEventSampler(new ParentBasedSampler(new AlwaysOnSampler()));
        var connection = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None);

        Assert.Equal(decision, sampler.ShouldSample(new SamplingParameters(connection, connection.TraceId, name, ActivityKind.Internal)).Decision);
    }
}
