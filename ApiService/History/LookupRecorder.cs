using System.Threading.Channels;
using RedisAspire.ApiService.Storage;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.History;

/// <summary>
/// Writes look-ups into the history, some at a time and in the background: nobody who looks something up waits for that.
/// Of more than a thousand a second only the latest are written, for no more are kept anyway; and what Redis does not
/// take is let go.
/// </summary>
internal sealed partial class LookupRecorder(LookupHistory history, ServiceInstance instance, TimeProvider time, ILogger<LookupRecorder> logger) : BackgroundService
{
    private const int Batch = 250;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Channel<Lookup> _lookups = Channel.CreateBounded<Lookup>(
        new BoundedChannelOptions(Batch) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Takes note of a look-up.</summary>
    public void Record(Lookup lookup) => _lookups.Writer.TryWrite(lookup);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Lookup>(Batch);
        while (await _lookups.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(Pause, time, stoppingToken);
            while (batch.Count < Batch && _lookups.Reader.TryRead(out var lookup))
                batch.Add(lookup);
            await WriteAsync(batch, stoppingToken);
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<Lookup> batch, CancellationToken cancellationToken)
    {
        try
        {
            await history.AddAsync(batch, instance.Name, cancellationToken);
        }
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, cancellationToken))
        {
            LogLost(batch.Count, failure);
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Count} look-ups are missing in the history.")]
    private partial void LogLost(int count, Exception failure);
}
