using System.Collections.Concurrent;

namespace RedisAspire.Caching;

/// <summary>
/// Runs one operation per key at a time; callers that come meanwhile share its result or its exception.
/// A caller that cancels leaves alone; the operation itself is cancelled when the last one has left.
/// </summary>
/// <typeparam name="TKey">What tells operations apart.</typeparam>
internal sealed class SingleFlight<TKey>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Flight> _flights = new();

    /// <summary>Joins the operation under way for <paramref name="key"/>, or starts it.</summary>
    /// <returns>The result, and whether this caller is the one that started the operation.</returns>
    public async ValueTask<(TResult Result, bool IsLeader)> RunAsync<TState, TResult>(
        TKey key, TState state, Func<TState, CancellationToken, Task<TResult>> operation, CancellationToken cancellationToken)
    {
        while (true)
        {
            var mine = new Flight<TResult>();
            var found = _flights.GetOrAdd(key, mine);
            if (found is not Flight<TResult> flight)
                // The same key as another type: nothing to share.
                return (await operation(state, cancellationToken).ConfigureAwait(false), true);

            var isLeader = ReferenceEquals(flight, mine);
            if (isLeader)
                mine.Start(state, operation, () => _flights.TryRemove(new KeyValuePair<TKey, Flight>(key, mine)));
            else if (!flight.TryJoin())
            {
                // Its last caller has just left: it is being cancelled, so a new one takes its place.
                _flights.TryRemove(new KeyValuePair<TKey, Flight>(key, flight));
                continue;
            }

            try
            {
                return (await flight.Result.WaitAsync(cancellationToken).ConfigureAwait(false), isLeader);
            }
            finally
            {
                flight.Leave();
            }
        }
    }

    /// <summary>Who comes from now on does not share the operation under way, whose result may be outdated; those who wait for it still get it.</summary>
    public void Forget(TKey key) => _flights.TryRemove(key, out _);

    /// <summary>Forgets all operations under way.</summary>
    public void ForgetAll() => _flights.Clear();

#pragma warning disable CA1001 // A source without timer or wait handle holds nothing to dispose of, and its callers end at any time.
    private abstract class Flight
#pragma warning restore CA1001
    {
        private readonly CancellationTokenSource _abandoned = new();
        private int _callers = 1;

        protected CancellationToken Abandoned => _abandoned.Token;

        public bool TryJoin()
        {
            var callers = Volatile.Read(ref _callers);
            while (callers > 0)
            {
                var seen = Interlocked.CompareExchange(ref _callers, callers + 1, callers);
                if (seen == callers)
                    return true;
                callers = seen;
            }

            return false;
        }

        public void Leave()
        {
            if (Interlocked.Decrement(ref _callers) == 0)
                // Elsewhere: what others do when they are told is neither this caller's time nor its failure.
                _ = _abandoned.CancelAsync();
        }
    }

    private sealed class Flight<TResult> : Flight
    {
        private readonly TaskCompletionSource<TResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TResult> Result => _result.Task;

        public void Start<TState>(TState state, Func<TState, CancellationToken, Task<TResult>> operation, Action ended) =>
            _ = RunAsync(state, operation, ended);

        private async Task RunAsync<TState>(TState state, Func<TState, CancellationToken, Task<TResult>> operation, Action ended)
        {
            TResult result;
            try
            {
                result = await operation(state, Abandoned).ConfigureAwait(false);
            }
            catch (OperationCanceledException cancelled) when (Abandoned.IsCancellationRequested)
            {
                ended();
                _result.TrySetCanceled(cancelled.CancellationToken);
                return;
            }
#pragma warning disable CA1031 // Whatever the operation throws belongs to its callers.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                ended();
                _result.TrySetException(failure);
                // Callers may all have left: nobody observes it then.
                _ = _result.Task.Exception;
                return;
            }

            ended();
            _result.TrySetResult(result);
        }
    }
}
