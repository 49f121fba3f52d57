using System.Collections.Concurrent;
using System.Text;
using RedisAspire.Caching.Tracking;

namespace RedisAspire.Tests.Caching.Tracking;

/// <summary>Remembers what a tracked connection reported, in its order.</summary>
internal sealed class RecordingSink : ITrackingSink
{
    public const string Tracking = "tracking";
    public const string Lost = "lost";
    public const string All = "all";

    private readonly ConcurrentQueue<string> _events = new();

    public IReadOnlyList<string> Events => [.. _events];

    public static string Key(string key) => "key " + key;

    public void OnTrackingStarted() => _events.Enqueue(Tracking);

    public void OnInvalidated(ReadOnlySpan<byte> key) => _events.Enqueue(Key(Encoding.UTF8.GetString(key)));

    public void OnAllInvalidated() => _events.Enqueue(All);

    public void OnTrackingLost() => _events.Enqueue(Lost);
}
