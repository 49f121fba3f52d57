using System.Diagnostics;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.Caching.Lookup;

/// <summary>Calls the source with its time-out, and measures the call.</summary>
internal sealed class SourceCaller(CacheInstruments instruments, TimeProvider time)
{
    /// <summary>Calls the source.</summary>
    /// <exception cref="SourceTimeoutException">The source took longer than <paramref name="hardTimeout"/>.</exception>
    public async ValueTask<T> CallAsync<TState, T>(
        TState state, Func<TState, CancellationToken, ValueTask<T>> factory, TimeSpan? hardTimeout, CancellationToken cancellationToken)
    {
        using var activity = CacheInstruments.Source.StartActivity("cache source");
        var started = instruments.Now;
        try
        {
            var value = hardTimeout is { } limit
                ? await CallWithinAsync(state, factory, limit, cancellationToken).ConfigureAwait(false)
                : await factory(state, cancellationToken).ConfigureAwait(false);
            instruments.SourceCall(started, failure: null);
            CacheTrace.Current?.Add(CacheTraceKind.Source, CacheTraceOutcome.Done, started);
            return value;
        }
        catch (Exception failure)
        {
            instruments.SourceCall(started, failure);
            CacheTrace.Current?.Add(CacheTraceKind.Source, CacheTraceOutcome.Failed, started);
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            throw;
        }
    }

    private async ValueTask<T> CallWithinAsync<TState, T>(
        TState state, Func<TState, CancellationToken, ValueTask<T>> factory, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var expired = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, cancellationToken);
        // The wait ends with the time-out even if the source ignores its token.
        var call = factory(state, either.Token).AsTask();
        try
        {
            return await call.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cancelled) when (expired.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            _ = call.ContinueWith(static abandoned => _ = abandoned.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw new SourceTimeoutException($"The source did not answer in {limit.TotalMilliseconds:0} ms.", cancelled);
        }
    }
}
