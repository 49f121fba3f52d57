using System.Text;
using RedisAspire.Caching.Tracking;

namespace RedisAspire.Tests.Caching.Tracking;

/// <summary>The smallest near cache that is right: one entry, and a count of invalidations.</summary>
internal sealed class TinyCache : ITrackingSink
{
    private readonly Lock _gate = new();
    private string? _value;
    private int _invalidations;
    private int _hits;

    public int Hits => Volatile.Read(ref _hits);

    public async Task<string?> ReadAsync(TrackedConnection connection, string key)
    {
        int before;
        lock (_gate)
        {
            if (_value is not null)
            {
                _hits++;
                return _value;
            }

            before = _invalidations;
        }

        var reply = await connection.GetAsync(key, withTimeToLive: true, neededOffset: null, TestContext.Current.CancellationToken);
        var value = reply.Value is null ? null : Encoding.UTF8.GetString(reply.Value);
        lock (_gate)
        {
            if (before == _invalidations)
                _value = value;
        }

        return value;
    }

    public void OnTrackingStarted() => OnAllInvalidated();

    public void OnInvalidated(ReadOnlySpan<byte> key) => OnAllInvalidated();

    public void OnAllInvalidated()
    {
        lock (_gate)
        {
            _value = null;
            _invalidations++;
        }
    }

    public void OnTrackingLost() => OnAllInvalidated();
}
