using System.Diagnostics;

namespace RedisAspire.ApiService.Tracing;

internal sealed class RequestTracing(RedisTopology topology, TimeProvider time)
{
    /// <summary>Begins a trace; <see langword="null"/> for a request that does not ask for one.</summary>
    public RequestTrace? Begin(TraceQuery query) => query.Trace == 1 ? new RequestTrace(topology, time) : null;
}

/// <summary>What the API itself does for one request, step by step. Steps may come from several threads.</summary>
internal sealed class RequestTrace(RedisTopology topology, TimeProvider time)
{
    private static readonly ActivitySource Spans = new("RedisAspire.ApiService");

    private readonly long _started = time.GetTimestamp();
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly Lock _gate = new();
    private readonly List<RequestStep> _steps = [];

    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    public TimeSpan At(long timestamp) => time.GetElapsedTime(_started, timestamp);

    /// <summary>Adds a step. A command that is repeated until its reply is as it should be is one step, also when several nodes are asked in turn.</summary>
    public void Add(RequestStep step)
    {
        lock (_gate)
        {
            var first = step.Command is [] ? -1 : _steps.FindLastIndex(earlier => earlier.IsRepeatedBy(step));
            if (first >= 0 && _steps.Skip(first).All(between => between.Name == step.Name))
                _steps[first] = _steps[first] with { Took = step.At + step.Took - _steps[first].At, Times = _steps[first].Times + 1 };
            else
                _steps.Add(step);
        }
    }

    /// <summary>Ends the trace: its commands become spans of the request.</summary>
    public TraceStep[] End()
    {
        RequestStep[] steps;
        lock (_gate)
            steps = [.. _steps.OrderBy(step => step.At)];
        if (Activity.Current is { Recorded: true } request)
        {
            foreach (var step in steps.Where(step => step is { Command: not [], HasSpan: false }))
                WriteSpan(step, request.Context);
        }

        return TraceMapping.ToSteps(steps, topology);
    }

    private void WriteSpan(RequestStep step, ActivityContext request)
    {
        var began = _startedAt + step.At;
        var name = TraceMapping.NameOf(step.Command);
        using var span = Spans.StartActivity(name, ActivityKind.Client, request, startTime: began);
        span?.SetEndTime((began + (step.Took ?? TimeSpan.Zero)).UtcDateTime)
            .SetTag("db.system.name", "redis")
            .SetTag("db.operation.name", name)
            // Trace viewers show it as the other side.
            .SetTag("peer.service", step.Node)
            .SetStatus(step.Outcome == "failed" ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
    }
}

/// <summary>A step of what was done for a request: a moment, if it took no time. Where it has a span, the connection that sent the command writes that.</summary>
internal sealed record RequestStep(
    string Name, string Outcome, TimeSpan At, TimeSpan? Took = null, string? Node = null, TimeSpan? TimeToLive = null, bool HasSpan = false, long? Keys = null, int? Replicas = null,
    int Times = 1, string? Message = null)
{
    public IReadOnlyList<string> Command { get; init; } = [];

    public bool IsRepeatedBy(RequestStep other) =>
        other.Name == Name && other.Outcome == Outcome && other.Node == Node && other.Command.SequenceEqual(Command, StringComparer.Ordinal);
}
