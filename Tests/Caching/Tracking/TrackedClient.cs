using System.Text;
using RedisAspire.Caching.Tracking;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Tracking;

/// <summary>A tracked connection and all that it reported.</summary>
internal sealed class TrackedClient : IAsyncDisposable
{
    private TrackedClient(TrackedConnectionOptions options)
    {
        Connection = new TrackedConnection(options, Sink, TimeProvider.System, Logger);
        Connection.Start();
    }

    public RecordingSink Sink { get; } = new();

    public RecordingLogger Logger { get; } = new();

    public TrackedConnection Connection { get; }

    public static TrackedClient Start(TrackedConnectionOptions options) => new(options);

    public static async Task<TrackedClient> ArmAsync(TrackedConnectionOptions options)
    {
        var client = new TrackedClient(options);
        await client.TrackingAsync();
        return client;
    }

    public static Task<TrackedClient> ArmAsync(RedisServer node) => ArmAsync(OptionsOf(node));

    // Patient, because the tests of all rooms run at the same time.
    public static TrackedConnectionOptions OptionsOf(RedisServer node, string password = "test-password", IReadOnlyList<string>? prefixes = null) =>
        new()
        {
            Host = "127.0.0.1",
            Port = node.Port,
            Password = password,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            OperationTimeout = TimeSpan.FromSeconds(5),
            BroadcastPrefixes = prefixes ?? [],
        };

    public Task TrackingAsync() => Eventually.HoldsAsync("the connection is tracking", () => Connection.IsTracking);

    public Task HearsAsync(string what, int times = 1) =>
        Eventually.HoldsAsync($"'{what}' is heard {times} times", () => Sink.Events.Count(heard => heard == what) >= times);

    public bool HasHeard(string what) => Sink.Events.Contains(what, StringComparer.Ordinal);

    public ValueTask<TrackedReply> ReadAsync(string key, long? neededOffset = null) =>
        Connection.GetAsync(key, withTimeToLive: true, neededOffset, TestContext.Current.CancellationToken);

    public async Task<string?> ReadTextAsync(string key) =>
        (await ReadAsync(key)).Value is { } value ? Encoding.UTF8.GetString(value) : null;

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
