using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Nodes;

/// <summary>Makes a node the master, and tells meanwhile how long it has taken.</summary>
internal sealed class NodePromotion(RedisTopology topology, RedisFailover failover, TimeProvider time)
{
    /// <summary>The type of what is told.</summary>
    public const string EventStream = "text/event-stream";

    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    /// <summary>Makes a node the master.</summary>
    /// <returns>The node, or why it cannot become the master.</returns>
    /// <exception cref="RedisUnavailableException">Redis did not do it, or not in time.</exception>
    public async Task<(NodeResponse? Node, ProblemDetails? Problem)> PromoteAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await failover.PromoteAsync(name, cancellationToken);
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
        return (snapshot.Nodes.First(node => node.Name == name).ToResponse(snapshot), null);
    }

    /// <summary>Makes a node the master, and tells every second that it is under way. Whoever goes ends it.</summary>
    public async IAsyncEnumerable<SseItem<object>> TellAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var started = time.GetTimestamp();
        var promoting = PromoteAsync(name, cancellationToken);
        do
        {
            yield return new SseItem<object>(new PromotionProgress(Math.Round(time.GetElapsedTime(started).TotalSeconds, 1), RedisFailover.MaximumDuration.TotalSeconds), "progress");
            await Task.WhenAny(promoting, Task.Delay(ReportInterval, time, cancellationToken));
        }
        while (!promoting.IsCompleted && !cancellationToken.IsCancellationRequested);

        var (node, problem) = await promoting;
        yield return problem is null ? new SseItem<object>(node!, "result") : new SseItem<object>(problem, "failed");
    }
}
