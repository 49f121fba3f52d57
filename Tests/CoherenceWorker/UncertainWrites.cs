using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace RedisAspire.CoherenceWorker;

/// <summary>
/// Finds out which writes did not get an answer from the master: the cache does not throw, but counts a fallback, on
/// the flow of the caller.
/// </summary>
internal sealed class UncertainWrites : IDisposable
{
    private static readonly AsyncLocal<StrongBox<bool>?> Current = new();

    private readonly MeterListener _listener = new()
    {
        InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name == "redisaspire.cache.fallbacks")
                listener.EnableMeasurementEvents(instrument);
        },
    };

    public UncertainWrites()
    {
        _listener.SetMeasurementEventCallback<long>(static (_, _, _, _) =>
        {
            if (Current.Value is { } box)
                box.Value = true;
        });
        _listener.Start();
    }

    /// <summary>Whether the master answered the write. Only while there is an object of this class.</summary>
    public static async Task<bool> IsCertainAsync(Func<ValueTask> write)
    {
        var box = new StrongBox<bool>();
        Current.Value = box;
        await write();
        return !box.Value;
    }

    public void Dispose() => _listener.Dispose();
}
