using OpenTelemetry.Trace;

namespace RedisAspire.ServiceDefaults;

/// <summary>
/// Samples every click on the page, so that its trace is there to be looked at under load as well. Nobody clicks so often that
/// it costs anything.
/// </summary>
internal sealed class PageEventSampler(Sampler others) : Sampler
{
    private const string PageEvent = "Microsoft.AspNetCore.Components.HandleEvent";

    // An event begins a trace, but its parent is the connection of the page while this decides: that may not be sampled.
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Name == PageEvent ? new SamplingResult(isSampled: true) : others.ShouldSample(samplingParameters);
}
