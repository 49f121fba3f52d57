using System.Collections.Concurrent;

namespace RedisAspire.Caching.Lookup;

/// <summary>
/// Runs one operation at a time for each key, variant and type of the result; callers that come meanwhile share its
/// result or its exception. A caller that cancels leaves alone; the operation itself is cancelled when the last one has
/// left before it ended.
/// </summary>
/// <typeparam name="TVariant">What tells operations on the same key apart whose results must not be shared.</typeparam>
internal sealed class SingleFlight<TVariant>
    where TVariant : struct
{
    // Of each key all that are under way, mostly one. An array is never changed and never empty.
    private readonly ConcurrentDictionary<string, Flight[]> _flights = new(StringComparer.Ordinal);

    /// <summary>Joins the operation under way, or starts it.</summary>
    /// <returns>The result, and whether this caller is the one that started the operation.</returns>
    public async ValueTask<(TResult Result, bool IsLeader)> RunAsync<TState, TResult>(
        string key, TVariant variant, TState state, Func<TState, CancellationToken, Task<TResult>> operation, CancellationToken cancellationToken)
    {
        while (true)
        {
            var flights = FlightsOf(key);
            var flight = Find<TResult>(flights, variant);
            var isLeader = flight is null;
            if (flight is null)
            {
                flight = new Flight<TResult>(variant);
                if (!TryReplace(key, flights, [.. flights, flight]))
                    continue;
                var mine = flight;
                mine.Start(state, operation, () => Remove(key, mine));
            }
            else if (!flight.TryJoin())
            {
                // Its last caller has just left: it is being cancelled, so a new one takes its place.
                Remove(key, flight);
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

    /// <summary>Who comes from now on does not share the operations under way, whose results may be outdated; those who wait for them still get them.</summary>
    public void Forget(string key) => _flights.TryRemove(key, out _);

    /// <summary>Forgets all operations under way.</summary>
    public void ForgetAll() => _flights.Clear();

    private static Flight<TResult>? Find<TResult>(Flight[] flights, TVariant variant)
    {
        foreach (var flight in flights)
        {
            if (flight is Flight<TResult> same && EqualityComparer<TVariant>.Default.Equals(same.Variant, variant))
                return same;
        }

        return null;
    }

    private Flight[] FlightsOf(string key) => _flights.TryGetValue(key, out var flights) ? flights : [];

    private bool TryReplace(string key, Flight[] before, Flight[] after) =>
        before.Length == 0 ? _flights.TryAdd(key, after)
        : after.Length == 0 ? _flights.TryRemove(KeyValuePair.Create(key, before))
        : _flights.TryUpdate(key, after, before);

    private void Remove(string key, Flight flight)
    {
        Flight[] flights;
        do
        {
            flights = FlightsOf(key);
            if (!flights.Contains(flight))
                return;
        }
        while (!TryReplace(key, flights, Array.FindAll(flights, other => other != flight)));
    }

#pragma warning disable CA1001 // A source without timer or wait handle holds nothing to dispose of, and its callers end at any time.
    private abstract class Flight(TVariant variant)
#pragma warning restore CA1001
    {
        private readonly CancellationTokenSource _abandoned = new();
        private int _callers = 1;

        public TVariant Variant => variant;

        protected abstract bool HasEnded { get; }

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
            if (Interlocked.Decrement(ref _callers) == 0 && !HasEnded)
                // Elsewhere: what others do when they are told is neither this caller's time nor its failure.
                _ = _abandoned.CancelAsync();
        }
    }

    private sealed class Flight<TResult>(TVariant variant) : Flight(variant)
    {
        private readonly TaskCompletionSource<TResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TResult> Result => _result.Task;

        protected override bool HasEnded => _result.Task.IsCompleted;

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
