using System.Globalization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace RedisAspire.Topology;

/// <summary>
/// The connection to one sentinel, which is asked who the master is and announces when that changes.
/// See https://redis.io/docs/latest/develop/reference/sentinel-clients/.
/// </summary>
internal sealed partial class SentinelLink(
    string name, RedisNodeEndpoint endpoint, string serviceName, TimeSpan interval, Action changed, TimeProvider time, ILogger logger)
{
    private static readonly string[] Announcements = ["+switch-master", "+try-failover"];

    private volatile Task<ConnectionMultiplexer>? _connection;
    private volatile TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SentinelOpinion? _opinion;
    private volatile string? _error;

    public string Name => name;

    public RedisNodeEndpoint Endpoint => endpoint;

    /// <summary>Its last answer; <see langword="null"/> while it does not answer.</summary>
    public SentinelOpinion? Opinion => _opinion;

    /// <summary>Why it does not answer; <see langword="null"/> while it does, or was not asked yet.</summary>
    public string? Error => _error;

    /// <summary>Raised when the sentinel announces something about the master.</summary>
    public event EventHandler<SentinelAnnouncementEventArgs>? Announced;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                var server = await ConnectAsync().WaitAsync(stopping).ConfigureAwait(false);
                Believe(SentinelOpinion.Read(await server.SentinelMasterAsync(serviceName).WaitAsync(stopping).ConfigureAwait(false)));
            }
            catch (Exception failure)
            {
                // Whatever it is: the other sentinels are heard, and this one is tried again.
                if (!stopping.IsCancellationRequested)
                    Lost(RedisErrors.Describe(failure));
            }

            await Task.WhenAny(_wake.Task, Task.Delay(interval, time, stopping)).ConfigureAwait(false);
        }

        if (_connection is { IsCompletedSuccessfully: true } connected)
            await (await connected.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Has the sentinel do something.</summary>
    /// <exception cref="RedisUnavailableException">It did not answer, or with an error.</exception>
    public Task<RedisResult> AskAsync(string command, Func<IServer, Task<RedisResult>> ask, CancellationToken cancellationToken) =>
        RedisErrors.AskAsync("The sentinel", command, async () => await ask(await ConnectAsync().ConfigureAwait(false)).ConfigureAwait(false), cancellationToken);

    private async Task<IServer> ConnectAsync()
    {
        if (_connection is null or { IsFaulted: true } or { IsCanceled: true })
            _connection = ConnectAndSubscribeAsync();
        return (await _connection!.ConfigureAwait(false)).GetServers()[0];
    }

    private async Task<ConnectionMultiplexer> ConnectAndSubscribeAsync()
    {
        var connection = await ConnectionMultiplexer.ConnectAsync(RedisConnectionDefaults.ForSentinel(endpoint.Configuration)).ConfigureAwait(false);
        connection.ConnectionFailed += (_, _) => AskAgain();
        connection.ConnectionRestored += (_, _) => AskAgain();
        // The client subscribes as soon as it is connected, and again on every new connection.
        foreach (var announcement in Announcements)
            await connection.GetSubscriber().SubscribeAsync(RedisChannel.Literal(announcement), Hear, CommandFlags.FireAndForget).ConfigureAwait(false);
        return connection;
    }

    private void Hear(RedisChannel channel, RedisValue message)
    {
        AskAgain();
        Announced?.Invoke(this, new SentinelAnnouncementEventArgs($"{channel} {message}"));
    }

    private void AskAgain() => _wake.TrySetResult();

    private void Believe(SentinelOpinion? opinion)
    {
        if (_error is not null && opinion is not null)
        {
            _error = null;
            LogBack(name);
        }

        if (opinion == _opinion)
            return;
        _opinion = opinion;
        changed();
    }

    private void Lost(string reason)
    {
        if (_error != reason)
            LogLost(name, reason);
        _error = reason;
        Believe(opinion: null);
    }

    [LoggerMessage(LogLevel.Warning, "{Sentinel} cannot be asked for the master: {Reason}.")]
    private partial void LogLost(string sentinel, string reason);

    [LoggerMessage(LogLevel.Information, "{Sentinel} answers again.")]
    private partial void LogBack(string sentinel);
}

/// <summary>What a sentinel announces.</summary>
/// <param name="text">The channel and the message, as <c>+switch-master mymaster 127.0.0.1 6379 127.0.0.1 6380</c>.</param>
internal sealed class SentinelAnnouncementEventArgs(string text) : EventArgs
{
    public string Text => text;
}

/// <summary>
/// Which node is the master according to a sentinel, in which configuration epoch, and whether it is making another node the
/// master, which the present one may not even notice.
/// </summary>
internal sealed record SentinelOpinion(string Host, int Port, long Epoch, bool IsFailingOver, int? Quorum = null, int? OtherSentinels = null)
{
    /// <summary>
    /// Whether it is to be believed rather than another one: of two sentinels the one with the higher epoch knows better. The one that
    /// leads a failover names the old master until the end, but with the epoch of the new one, which the others have heard of before.
    /// </summary>
    public bool KnowsBetterThan(SentinelOpinion? other) =>
        other is null || Epoch > other.Epoch || (Epoch == other.Epoch && other.IsFailingOver && !IsFailingOver);

    /// <summary>Reads the reply to <c>SENTINEL MASTER</c>; <see langword="null"/> when it names no address.</summary>
    public static SentinelOpinion? Read(KeyValuePair<string, string>[] reply)
    {
        var fields = reply.ToDictionary(StringComparer.Ordinal);
        return fields.TryGetValue("ip", out var host) && Number("port") is { } port
            ? new SentinelOpinion(
                host, port, Number("config-epoch") ?? 0, fields.GetValueOrDefault("flags")?.Contains("failover_in_progress", StringComparison.Ordinal) == true,
                Number("quorum"), Number("num-other-sentinels"))
            : null;

        int? Number(string name) =>
            int.TryParse(fields.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
