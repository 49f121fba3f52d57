using System.Threading.Channels;
using RedisAspire.ApiService.Tracing;

namespace RedisAspire.ApiService.Db;

/// <summary>
/// Writes products to the master and waits until replicas have them. Writes that come while others wait are sent
/// together, and wait together: however many there are, a caller waits for two replications at most.
/// </summary>
internal sealed class ProductWriter(WriteConnection connection, IOptions<DbOptions> options, TimeProvider time) : BackgroundService
{
    private const int MaximumWaiting = 1000;
    private const int MaximumTogether = 100;

    private readonly DbOptions _options = options.Value;
    private readonly Channel<PendingWrite> _waiting = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(MaximumWaiting) { SingleReader = true });

    /// <summary>Makes a write. It cannot be cancelled: a client that has disconnected must find a definite state afterwards.</summary>
    /// <exception cref="ProductWriteException">The write failed, or perhaps only its answer was lost.</exception>
    public Task<WriteReceipt> WriteAsync(ProductWrite change, RequestTrace? trace = null)
    {
        var write = new PendingWrite(change, trace);
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
        var measured = writes.Exists(write => write.Trace is not null) ? new ProductWriteTrace(node, time) : null;
        // All commands are sent before the first answer: WAIT covers the writes that its own connection has sent before.
        var before = Watched(database.ExecuteAsync("CLIENT", "ID"));
        var answers = writes.ConvertAll(write => Watched(write.Write.SendAsync(database)));
        var wait = Watched(database.ExecuteAsync("WAIT", _options.MinimumReplicas, (long)_options.ReplicationTimeout.TotalMilliseconds));
        var after = Watched(database.ExecuteAsync("CLIENT", "ID"));

        Task all = Task.WhenAll([before, .. answers, wait, after, measured?.Answered ?? Task.CompletedTask]);
        Task answeredOrLost = Task.WhenAny(all, connection.Lost);
        await answeredOrLost.WaitAsync(_options.OperationTimeout + _options.ReplicationTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // If the connection was lost in between, WAIT on the next one would cover no write, and report that all replicas have it.
        var isSameConnection = before.IsCompletedSuccessfully && after.IsCompletedSuccessfully && (long)await before == (long)await after;
        // Replicas of a master that is being replaced may acknowledge writes that are lost.
        var acknowledged = isSameConnection && wait.IsCompletedSuccessfully && connection.IsStillMaster ? (int)await wait : 0;
        for (var i = 0; i < writes.Count; i++)
        {
            if (writes[i].Trace is { } trace)
            {
                measured!.AddConnection(trace, before);
                measured.AddScript(trace, answers[i], writes[i].Write);
                measured.AddWait(trace, wait, _options);
                measured.AddConnection(trace, after);
            }

            await FinishAsync(writes[i], answers[i], acknowledged, node);
        }

        Task<RedisResult> Watched(Task<RedisResult> command)
        {
            measured?.Watch(command);
            return command;
        }
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
            // The server has not made what it refuses, and a command without a connection was never sent.
            var isCertain = failure is RedisServerException or RedisConnectionException { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection };
            write.Fail(failure, mayHaveHappened: !isCertain);
        }
    }
}

/// <summary>How products are stored (<c>Db</c> in the configuration).</summary>
internal sealed class DbOptions
{
    /// <summary>How many replicas must have a write before it counts as durable. One by default.</summary>
    public int MinimumReplicas { get; set; } = 1;

    /// <summary>How long a write waits for them. 500 ms by default.</summary>
    public TimeSpan ReplicationTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a node may take to answer. Two seconds by default.</summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether an empty catalogue is filled with products at the start. It is by default.</summary>
    public bool Seed { get; set; } = true;
}

/// <summary>A change of one product and its indexes.</summary>
internal sealed class ProductWrite(string script, RedisKey[] keys, RedisValue[] arguments)
{
    private const int MaximumShown = 200;

    private static readonly string SaveScript = EmbeddedScript.Read("ProductFunctions.lua", "PrepareWrite.lua", "SaveProduct.lua");
    private static readonly string DeleteScript = EmbeddedScript.Read("ProductFunctions.lua", "PrepareWrite.lua", "DeleteProduct.lua");

    public static ProductWrite Save(Product product, WriteCondition condition) => new(
        SaveScript,
        [CatalogueKeys.Product(product.Id), CatalogueKeys.Products, CatalogueKeys.ByPrice, CatalogueKeys.Categories, CatalogueKeys.Version, CatalogueKeys.Category(product.Category)],
        [.. Subject(product.Id, condition), product.Price.ToString(CultureInfo.InvariantCulture), product.Category, ProductJson.Write(product with { Version = 0 })]);

    public static ProductWrite Delete(string id, WriteCondition condition) => new(
        DeleteScript, [CatalogueKeys.Product(id), CatalogueKeys.Products, CatalogueKeys.ByPrice, CatalogueKeys.Categories], Subject(id, condition));

    /// <summary>The command that is sent and its arguments. The script, and a value that is long, is <c>…</c>.</summary>
    public IReadOnlyList<string> Command => ["EVAL", "…", $"{keys.Length}", .. keys.Select(key => (string)key!), .. arguments.Select(argument => (string)argument!).Select(Shorten)];

    // The script is sent itself and not by its hash: an unknown script would be sent again, after the WAIT that must cover it.
    public Task<RedisResult> SendAsync(IDatabase database) => database.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.NoScriptCache);

    private static string Shorten(string text) => text.Length <= MaximumShown ? text : "…";

    private static RedisValue[] Subject(string id, WriteCondition condition) => [id, condition.MustBeNew ? "1" : "0", condition.Versions()];
}

internal sealed record PendingWrite(ProductWrite Write, RequestTrace? Trace)
{
    private readonly TaskCompletionSource<WriteReceipt> _receipt = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<WriteReceipt> Receipt => _receipt.Task;

    public void Succeed(WriteReceipt receipt) => _receipt.TrySetResult(receipt);

    public void Fail(Exception cause, bool mayHaveHappened) => _receipt.TrySetException(new ProductWriteException(mayHaveHappened, cause));
}

internal enum WriteOutcome
{
    Created,
    Replaced,
    Deleted,

    /// <summary>There was no product to delete.</summary>
    Missing,

    /// <summary>The product does not meet the condition of the write.</summary>
    Refused,
}

/// <summary>The master's answer to a write, with the version that the product has now.</summary>
internal sealed record WriteReceipt(WriteOutcome Outcome, long Version, int AcknowledgedReplicas, string Node);

/// <summary>
/// A connection to the master for product writes only: <c>WAIT</c> blocks the connection that it is sent on, and no other
/// commands may wait behind it.
/// </summary>
internal sealed class WriteConnection(RedisTopology topology, RedisMaster master, IOptions<RedisTopologyOptions> options) : IDisposable
{
    private ConnectionMultiplexer? _connection;
    private TaskCompletionSource _lost = new();

    /// <summary>The name of the node of the last <see cref="GetAsync"/>.</summary>
    public string Node { get; private set; } = "";

    /// <summary>Completes when the connection of the last <see cref="GetAsync"/> is lost: commands that were sent are not answered any more.</summary>
    public Task Lost => _lost.Task;

    /// <summary>Whether the node of the last <see cref="GetAsync"/> is the master, and no failover is under way.</summary>
    public bool IsStillMaster => master.IsStable(Node);

    /// <summary>The commands of the node that is the master now. For one caller at a time.</summary>
    public async Task<IDatabase> GetAsync(CancellationToken cancellationToken)
    {
        if (topology.Snapshot.Master is not { } node || !options.Value.Nodes.TryGetValue(node, out var connectionString))
            throw new RedisUnavailableException("No Redis master is up.");

        if (_connection is null || Node != node || _lost.Task.IsCompleted)
        {
            Dispose();
            _connection = await ConnectAsync(connectionString, cancellationToken);
            Node = node;
        }

        return _connection.GetDatabase();
    }

    public void Dispose()
    {
        // The connection is closed in the background: that takes seconds when the node hangs, and a write waits for the next master.
        if (_connection is { } connection)
            _ = connection.DisposeAsync().AsTask();
        _connection = null;
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(string connectionString, CancellationToken cancellationToken)
    {
        var settings = RedisConnectionDefaults.Apply(ConfigurationOptions.Parse(connectionString));
        var connection = await ConnectionMultiplexer.ConnectAsync(settings).WaitAsync(cancellationToken);
        if (!connection.IsConnected)
        {
            await connection.DisposeAsync();
            throw new RedisUnavailableException("The Redis master cannot be reached.");
        }

        // A command that was sent on a lost connection is not answered. Whether it was executed is not known.
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionFailed += (_, failure) =>
        {
            if (failure.ConnectionType == ConnectionType.Interactive)
                lost.TrySetResult();
        };
        _lost = lost;
        return connection;
    }
}
