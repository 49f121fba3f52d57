using System.Diagnostics;
using OpenTelemetry;

namespace RedisAspire.ServiceDefaults;

/// <summary>
/// Leaves out the Redis commands that belong to no request. A service sends them all the time, to look and to listen:
/// traces of one command each, among which no request could be found.
/// </summary>
internal sealed class BackgroundCommandFilter : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.ParentSpanId == default && data.Source.Name.Contains("StackExchangeRedis", StringComparison.Ordinal))
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
