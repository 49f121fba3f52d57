using System.Diagnostics;
using RedisAspire.ServiceDefaults;

namespace RedisAspire.Tests.ServiceDefaults;

public sealed class BackgroundCommandFilterTests
{
    private const string Commands = "OpenTelemetry.Instrumentation.StackExchangeRedis";

    [Theory]
    [InlineData(Commands, false, false)]
    [InlineData(Commands, true, true)]
    [InlineData("RedisAspire.Caching", false, true)]
    public void Only_commands_that_belong_to_no_request_are_left_out(string sourceName, bool hasRequest, bool isRecorded)
    {
        using var source = new ActivitySource(sourceName);
        using var listener = new ActivityListener
        {
            ShouldListenTo = heard => heard == source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var request = hasRequest ? new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded) : default;
        // Whatever runs around the test is no request.
        Activity.Current = null;
        using var command = source.StartActivity("GET", ActivityKind.Client, request)!;
        using var filter = new BackgroundCommandFilter();

        filter.OnEnd(command);

        Assert.Equal(isRecorded, command.Recorded);
    }
}
