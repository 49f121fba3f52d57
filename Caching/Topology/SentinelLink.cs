using Microsoft.Extensions.Logging;
using RedisAspire.Caching.Tracking;

namespace RedisAspire.Caching.Topology;

/// <summary>
/// A connection to one sentinel, which is asked who the master is and tells when that changes.
/// See https://redis.io/docs/latest/develop/reference/sentinel-clients/.
/// </summary>
internal sealed partial class SentinelLink(
    string name, RedisNodeEndpoint endpoint, string serviceName, TimeSpan interval, Action changed, TimeProvider time, ILogger logger)
{
    private const string SwitchMaster = "+switch-master";
    private const string TryFailover = "+try-failover";

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    private readonly TrackedConnectionOptions _options = endpoint.ToConnectionOptions("RedisAspire-topology");
    private volatile SentinelOpinion? _opinion;
    private volatile string? _complaint;

    /// <summary>Its name in the configuration.</summary>
    public string Name => name;

    /// <summary>The sentinel's connection data.</summary>
    public RedisNodeEndpoint Endpoint => endpoint;

    /// <summary>What it said last; <see langword="null"/> while it says nothing.</summary>
    public SentinelOpinion? Opinion => _opinion;

    /// <summary>Why it says nothing; <see langword="null"/> while it does, or was not asked yet.</summary>
    public string? Complaint => _complaint;

    /// <summary>Listens until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stopping).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                // Whatever it is: the other sentinels are heard, and this one is tried again.
                if (!stopping.IsCancellationRequested)
                    Lost(failure is OperationCanceledException ? "it does not answer" : failure.Message);
            }

            await Task.Delay(interval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(_options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        var (stream, input) = await TrackedHandshake.OpenAsync(_options, TrackedHandshake.IntroduceAsync, either.Token).ConfigureAwait(false);
        await using var disposing = stream.ConfigureAwait(false);
        await TrackedHandshake.SendAsync(stream, stopping, "SUBSCRIBE", SwitchMaster, TryFailover).ConfigureAwait(false);

        var heard = time.GetTimestamp();
        var asked = 0L;
        Task<int>? receiving = null;
        while (true)
        {
            if (asked == 0 || time.GetElapsedTime(asked) >= interval)
            {
                asked = time.GetTimestamp();
                await TrackedHandshake.SendAsync(stream, stopping, "SENTINEL", "MASTER", serviceName).ConfigureAwait(false);
            }

            receiving ??= input.ReceiveAsync(stopping).AsTask();
            var rest = interval - time.GetElapsedTime(asked);
            if (rest > TimeSpan.Zero)
                await Task.WhenAny(receiving, Task.Delay(rest, time, stopping)).ConfigureAwait(false);
            if (!receiving.IsCompleted)
            {
                if (time.GetElapsedTime(heard) > Silence)
                    throw new TimeoutException("it does not answer");
                continue;
            }

            input.Received(await receiving.ConfigureAwait(false));
            receiving = null;
            heard = time.GetTimestamp();
            while (input.TryTake(out var frame))
            {
                if (Hear(frame))
                    asked = 0;
            }
        }
    }

    // Whether to ask at once.
    private bool Hear(in RespFrame frame)
    {
        switch (frame.Kind)
        {
            case RespKind.Push:
                return frame.Items is [{ Text: "message" }, ..];
            case RespKind.Map:
                Believe(SentinelOpinion.Read(frame));
                return false;
            case RespKind.Error:
                throw new RespErrorException(frame.Text);
            default:
                return false;
        }
    }

    private void Believe(SentinelOpinion? opinion)
    {
        if (_complaint is not null && opinion is not null)
        {
            _complaint = null;
            LogBack(name);
        }

        if (opinion == _opinion)
            return;
        _opinion = opinion;
        changed();
    }

    private void Lost(string reason)
    {
        if (_complaint != reason)
            LogLost(name, reason);
        _complaint = reason;
        Believe(opinion: null);
    }

    [LoggerMessage(LogLevel.Warning, "{Sentinel} cannot be asked who the master is: {Reason}.")]
    private partial void LogLost(string sentinel, string reason);

    [LoggerMessage(LogLevel.Information, "{Sentinel} tells again who the master is.")]
    private partial void LogBack(string sentinel);
}
