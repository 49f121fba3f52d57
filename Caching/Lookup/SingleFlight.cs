using System.Collections.Concurrent;

namespace RedisAspire.Caching.Lookup;

/// <summary>
/// Runs one operation at a time for each key, variant and result type; callers that arrive meanwhile share its result or
/// its exception. Cancelling one caller does not affect the others; the operation is cancelled when all callers have cancelled.
/// </summary>
/// <typeparam name="TVariant">Distinguishes operations on the same key whose results must not be shared.</typeparam>
internal sealed class SingleFlight<TVariant>
    where TVariant : struct
{
    // The flights of each key, mostly one. The arrays are never modified and never empty.
    private readonly ConcurrentDictionary<string, Flight[]> _flights = new(StringComparer.Ordinal);

    /// <summary>Joins the operation in flight, or starts one.</summary>
    /// <returns>The result, and whether this caller started the operation.</returns>
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
                // The last caller has just cancelled, so the flight is ending and a new one replaces it.
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

    /// <summary>
    /// Keeps later callers from sharing the operations of a key in flight, whose results may be outdated. Callers that have
    /// joined already still get the results.
    /// </summary>
    public void Forget(string key) => _flights.TryRemove(key, out _);

    /// <summary>Keeps later callers from sharing any operation in flight.</summary>
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

#pragma warning disable CA1001 // A token source without a timer or wait handle has no resources to dispose of, and callers may use it at any time.
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
                // The callbacks run on another thread: their duration and exceptions must not affect this caller.
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
#pragma warning disable CA1031 // Any exception of the operation is passed to its callers.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                ended();
                _result.TrySetException(failure);
                // The exception is marked as observed, because all callers may have cancelled.
                _ = _result.Task.Exception;
                return;
            }

            ended();
            _result.TrySetResult(result);
        }
    }
}
