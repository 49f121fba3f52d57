using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace RedisAspire.Caching.Lookup;

/// <summary>
/// Runs one operation at a time for each key, variant and result type; callers that arrive meanwhile share its result or
/// its exception. Cancelling one caller does not affect the others; the operation is cancelled when all callers have cancelled.
/// </summary>
/// <typeparam name="TVariant">Distinguishes operations on the same key whose results must not be shared.</typeparam>
/// <remarks>
/// The first caller makes an attempt before it starts the operation. The attempt runs in the caller itself, with its token,
/// because most end there, and an operation that outlives its caller costs several objects. When that caller cancels, the
/// operation starts for the others.
/// </remarks>
internal sealed class SingleFlight<TVariant>
    where TVariant : struct, IEquatable<TVariant>
{
    // The flights of each key, mostly one. The arrays are never modified and never empty.
    private readonly ConcurrentDictionary<string, Flight[]> _flights = new(StringComparer.Ordinal);

    /// <summary>Joins the operation in flight, or starts one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="variant">The variant.</param>
    /// <param name="state">Passed to <paramref name="attempt"/> and <paramref name="operation"/>, so that they need no closure.</param>
    /// <param name="attempt">Returns the result, if it can be had without the operation, and whatever the operation continues with.</param>
    /// <param name="operation">The operation. It gets what the attempt returned; the default when the attempt was cancelled.</param>
    /// <param name="cancellationToken">Cancels this caller.</param>
    /// <returns>The result, and whether this caller started the operation.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(TResult Result, bool IsLeader)> RunAsync<TState, TAttempt, TResult>(
        string key,
        TVariant variant,
        TState state,
        Func<TState, CancellationToken, ValueTask<TAttempt>> attempt,
        Func<TState, TAttempt?, CancellationToken, Task<TResult>> operation,
        CancellationToken cancellationToken)
        where TAttempt : struct, IAttempt<TResult>
    {
        while (true)
        {
            var flights = FlightsOf(key);
            if (Find<TResult>(flights, variant) is not { } flight)
            {
                flight = new Flight<TResult>(this, key, variant);
                if (!TryReplace(key, flights, [.. flights, flight]))
                    continue;

                TAttempt made;
                try
                {
                    made = await attempt(state, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception failure)
                {
                    if (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
                        flight.Fail(failure);
                    else if (flight.Leave())
                        flight.Start(state, null, operation);
                    else
                        Remove(key, flight);
                    throw;
                }

                if (made.IsDone)
                {
                    flight.Complete(made.Result);
                    return (made.Result, true);
                }

                var result = flight.Result;
                flight.Start(state, made, operation);
                return (await WaitAsync(flight, result, cancellationToken).ConfigureAwait(false), true);
            }

            if (!flight.TryJoin())
            {
                // The last caller has just cancelled, so the flight is ending and a new one replaces it.
                Remove(key, flight);
                continue;
            }

            // Without a result the flight has just ended.
            if (flight.Result is { } shared)
                return (await WaitAsync(flight, shared, cancellationToken).ConfigureAwait(false), false);
        }
    }

    /// <summary>Joins the operation in flight, or starts one.</summary>
    /// <returns>The result, and whether this caller started the operation.</returns>
    public ValueTask<(TResult Result, bool IsLeader)> RunAsync<TState, TResult>(
        string key, TVariant variant, TState state, Func<TState, CancellationToken, Task<TResult>> operation, CancellationToken cancellationToken) =>
        RunAsync(
            key, variant, (state, operation), static (_, _) => default(ValueTask<NoAttempt<TResult>>), static (work, _, token) => work.operation(work.state, token), cancellationToken);

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
            if (flight is Flight<TResult> same && same.Variant.Equals(variant))
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

    private static async Task<TResult> WaitAsync<TResult>(Flight<TResult> flight, Task<TResult>? result, CancellationToken cancellationToken)
    {
        try
        {
            return await result!.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            flight.Leave();
        }
    }

#pragma warning disable CA1001 // A token source without a timer or wait handle has no resources to dispose of, and callers may use it at any time.
    private abstract class Flight(TVariant variant)
#pragma warning restore CA1001
    {
        private CancellationTokenSource? _abandoned;
        private int _callers = 1;

        public TVariant Variant => variant;

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

        /// <summary>Ends the wait of a caller.</summary>
        /// <returns>Whether other callers remain.</returns>
        public bool Leave()
        {
            if (Interlocked.Decrement(ref _callers) > 0)
                return true;
            // The callbacks run on another thread: their duration and exceptions must not affect this caller.
            _ = _abandoned?.CancelAsync();
            return false;
        }

        protected CancellationToken BeginOperation()
        {
            var abandoned = new CancellationTokenSource();
            Interlocked.Exchange(ref _abandoned, abandoned);
            // The last caller may have left before there was anything to cancel.
            if (Volatile.Read(ref _callers) == 0)
                abandoned.Cancel();
            return abandoned.Token;
        }

        protected void EndOperation() => _abandoned = null;
    }

    private readonly struct NoAttempt<TResult> : IAttempt<TResult>
    {
        public bool IsDone => false;

        public TResult Result => default!;
    }

    private sealed class Flight<TResult>(SingleFlight<TVariant> owner, string key, TVariant variant) : Flight(variant)
    {
        private static readonly TaskCompletionSource<TResult> Ended = new();

        // Created for the first caller that waits, because most flights have one caller, which has the result by itself.
        private TaskCompletionSource<TResult>? _result;

        /// <summary>The result that callers wait for; <see langword="null"/> when the flight has ended.</summary>
        public Task<TResult>? Result
        {
            get
            {
                var result = Volatile.Read(ref _result);
                if (result is null)
                {
                    var created = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
                    result = Interlocked.CompareExchange(ref _result, created, null) ?? created;
                }

                return result == Ended ? null : result.Task;
            }
        }

        /// <summary>Ends the flight with a result.</summary>
        public void Complete(TResult result) => End()?.TrySetResult(result);

        /// <summary>Ends the flight with an exception.</summary>
        public void Fail(Exception failure)
        {
            if (End() is not { } waiting)
                return;
            waiting.TrySetException(failure);
            // The exception is marked as observed, because all callers may have cancelled.
            _ = waiting.Task.Exception;
        }

        public void Start<TState, TAttempt>(TState state, TAttempt? made, Func<TState, TAttempt?, CancellationToken, Task<TResult>> operation)
            where TAttempt : struct =>
            _ = RunAsync(state, made, operation, BeginOperation());

        private async Task RunAsync<TState, TAttempt>(
            TState state, TAttempt? made, Func<TState, TAttempt?, CancellationToken, Task<TResult>> operation, CancellationToken abandoned)
            where TAttempt : struct
        {
            try
            {
                var result = await operation(state, made, abandoned).ConfigureAwait(false);
                EndOperation();
                Complete(result);
            }
            catch (OperationCanceledException cancelled) when (abandoned.IsCancellationRequested)
            {
                End()?.TrySetCanceled(cancelled.CancellationToken);
            }
#pragma warning disable CA1031 // Any exception of the operation is passed to its callers.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                EndOperation();
                Fail(failure);
            }
        }

        // Later callers must not find the flight once its result is known.
        private TaskCompletionSource<TResult>? End()
        {
            owner.Remove(key, this);
            return Interlocked.CompareExchange(ref _result, Ended, null);
        }
    }
}

/// <summary>The outcome of an attempt to do without an operation.</summary>
/// <typeparam name="TResult">The result of the operation.</typeparam>
internal interface IAttempt<out TResult>
{
    /// <summary>Whether there is a result.</summary>
    bool IsDone { get; }

    /// <summary>The result.</summary>
    TResult Result { get; }
}
