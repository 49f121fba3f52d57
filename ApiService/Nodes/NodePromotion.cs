using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc;
using RedisAspire.ApiService.Tracing;

namespace RedisAspire.ApiService.Nodes;

/// <summary>Makes a node the master, and streams the progress.</summary>
internal sealed class NodePromotion(RedisTopology topology, RedisFailover failover, TimeProvider time)
{
    public const string EventStream = "text/event-stream";

    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    /// <summary>Makes a node the master. The result is the node, or the problem that keeps it from becoming that.</summary>
    public async Task<(NodeResponse? Node, ProblemDetails? Problem)> PromoteAsync(string name, RequestTrace? trace, CancellationToken cancellationToken)
    {
        try
        {
            await failover.PromoteAsync(name, trace is null ? null : step => trace.Add(ToRequestStep(step)), cancellationToken);
        }
        catch (KeyNotFoundException)
        {
            return (null, new ProblemDetails { Status = StatusCodes.Status404NotFound, Detail = "There is no Redis node of this name." });
        }
        catch (InvalidOperationException refusal)
        {
            return (null, new ProblemDetails { Status = StatusCodes.Status409Conflict, Detail = refusal.Message });
        }

        var snapshot = topology.Snapshot;
        return (snapshot.Nodes.First(node => node.Name == name).ToResponse(snapshot).WithTrace(trace?.End()), null);
    }

    /// <summary>Makes a node the master, and reports the progress every second. The promotion is cancelled with the enumeration.</summary>
    public async IAsyncEnumerable<SseItem<object>> StreamAsync(string name, RequestTrace? trace, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var started = time.GetTimestamp();
        var promoting = PromoteAsync(name, trace, cancellationToken);
        do
        {
            yield return new SseItem<object>(new PromotionProgress(Math.Round(time.GetElapsedTime(started).TotalSeconds, 1), RedisFailover.MaximumDuration.TotalSeconds), "progress");
            await Task.WhenAny(promoting, Task.Delay(ReportInterval, time, cancellationToken));
        }
        while (!promoting.IsCompleted && !cancellationToken.IsCancellationRequested);

        var (node, problem) = await promoting;
        yield return problem is null ? new SseItem<object>(node!, "result") : new SseItem<object>(problem, "failed");
    }

    // The promotion begins at once after the trace.
    private static RequestStep ToRequestStep(RedisFailoverStep step) => new(
        TraceMapping.WordOf($"{step.Kind}"),
        step switch { { HasFailed: true } => "failed", { Role: { } role } => TraceMapping.WordOf($"{role}"), _ => "done" },
        step.At)
    {
        Took = step.Took,
        Node = step.Node,
        Command = step.Command,
        Message = step.Message,
    };
}
