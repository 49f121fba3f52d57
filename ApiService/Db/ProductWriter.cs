using System.Threading.Channels;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

/// <summary>
/// Writes products to the master and waits until replicas have them. Writes that come while others wait are sent
/// together, and wait together: however many there are, nobody waits for more than two replications.
/// </summary>
internal sealed class ProductWriter(WriteConnection connection, IOptions<DbOptions> options) : BackgroundService
{
    private const int MaximumWaiting = 1000;
    private const int MaximumTogether = 100;

    private readonly DbOptions _options = options.Value;
    private readonly Channel<PendingWrite> _waiting = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(MaximumWaiting) { SingleReader = true });

    /// <summary>Makes a write. Once begun, it is not given up: whoever asked may have gone, but will want to find what was promised.</summary>
    /// <exception cref="ProductWriteException">The write failed, or perhaps only its answer was lost.</exception>
    public Task<WriteReceipt> WriteAsync(ProductWrite change)
    {
        var write = new PendingWrite(change);
        if (!_waiting.Writer.TryWrite(write))
            write.Fail(new RedisUnavailableException("Too many writes are waiting."), mayHaveHappened: false);
        return write.Receipt;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var together = new List<PendingWrite>();
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                while (together.Count < MaximumTogether && _waiting.Reader.TryRead(out var write))
                    together.Add(write);
                await WriteAsync(together, stoppingToken);
                together.Clear();
            }
        }
        finally
        {
            _waiting.Writer.TryComplete();
            while (_waiting.Reader.TryRead(out var write))
                write.Fail(new RedisUnavailableException("The service is stopping."), mayHaveHappened: false);
        }
    }

    private async Task WriteAsync(List<PendingWrite> writes, CancellationToken cancellationToken)
    {
        IDatabase database;
        try
        {
            database = await connection.GetAsync(cancellationToken).WaitAsync(_options.OperationTimeout, cancellationToken);
        }
        catch (Exception failure)
        {
            writes.ForEach(write => write.Fail(failure, mayHaveHappened: false));
            return;
        }

        try
        {
            await WriteAsync(database, writes);
        }
        catch (Exception failure)
        {
            writes.ForEach(write => write.Fail(failure, mayHaveHappened: true));
        }
    }

    private async Task WriteAsync(IDatabase database, List<PendingWrite> writes)
    {
        var node = connection.Node;
        // All on their way before the first answer: WAIT speaks of the writes that its own connection has sent before.
        var before = database.ExecuteAsync("CLIENT", "ID");
        var answers = writes.ConvertAll(write => write.Write.SendAsync(database));
        var wait = database.ExecuteAsync("WAIT", _options.MinimumReplicas, (long)_options.ReplicationTimeout.TotalMilliseconds);
        var after = database.ExecuteAsync("CLIENT", "ID");

        Task all = Task.WhenAll([before, .. answers, wait, after]);
        Task answeredOrLost = Task.WhenAny(all, connection.Lost);
        await answeredOrLost.WaitAsync(_options.OperationTimeout + _options.ReplicationTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Had the connection been lost in between, WAIT on the next one would know of no write, and all replicas would have that.
        var isSameConnection = before.IsCompletedSuccessfully && after.IsCompletedSuccessfully && (long)await before == (long)await after;
        // Replicas of a master that is being replaced may well acknowledge what is lost.
        var acknowledged = isSameConnection && wait.IsCompletedSuccessfully && connection.IsSettled ? (int)await wait : 0;
        for (var i = 0; i < writes.Count; i++)
            await FinishAsync(writes[i], answers[i], acknowledged, node);
    }

    private static async Task FinishAsync(PendingWrite write, Task<RedisResult> answer, int acknowledged, string node)
    {
        try
        {
            var result = (RedisResult[])(await answer.WaitAsync(TimeSpan.Zero))!;
            write.Succeed(new WriteReceipt(Enum.Parse<WriteOutcome>((string)result[0]!, ignoreCase: true), (long)result[1], acknowledged, node));
        }
        catch (Exception failure)
        {
            // What the server refuses it has not done, and what found no connection was never sent.
            var isCertain = failure is RedisServerException or RedisConnectionException { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection };
            write.Fail(failure, mayHaveHappened: !isCertain);
        }
    }
}
