using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc;

namespace RedisAspire.ApiService.Problems;

/// <summary>Failures of event streams, whose status has been sent before anything can fail.</summary>
internal static class EventStreamExtensions
{
    /// <summary>Answers with a stream, which ends with the event <c>failed</c> and problem details when Redis or the source of a value fails.</summary>
    public static ServerSentEventsResult<object> ToAnswer(this IAsyncEnumerable<SseItem<object>> events, CancellationToken cancellationToken) =>
        TypedResults.ServerSentEvents(WithFailure(events, cancellationToken));

    private static async IAsyncEnumerable<SseItem<object>> WithFailure(
        IAsyncEnumerable<SseItem<object>> events, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var enumerator = events.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            ProblemDetails? problem = null;
            try
            {
                if (!await enumerator.MoveNextAsync())
                    yield break;
            }
            catch (Exception failure) when (FailureProblem.Of(failure, cancellationToken) is { } known)
            {
                problem = known;
            }

            if (problem is not null)
            {
                yield return new SseItem<object>(problem, "failed");
                yield break;
            }

            yield return enumerator.Current;
        }
    }
}
