using System.Globalization;
using System.Text;
using System.Text.Unicode;
using RedisAspire.Caching.Tracking;

namespace RedisAspire.Caching.Telemetry;

/// <summary>
/// What the cache does in one operation, step by step, for people who want to see it. <see cref="ReplicatedCache.BeginTrace"/>
/// begins a trace. While a process has none, operations pay one comparison outside the near cache, and near hits nothing.
/// </summary>
public sealed class CacheTrace : IDisposable
{
    private const int MaximumSteps = 100;
    private const int MaximumShown = 200;
    private const byte LastControlCharacter = 0x1F;

    // Replication and the push take a millisecond or two on a healthy network.
    private static readonly TimeSpan InvalidationTimeout = TimeSpan.FromMilliseconds(250);

    private static readonly AsyncLocal<CacheTrace?> Local = new();
    private static int _traces;

    private readonly TimeProvider _time;
    private readonly Action<CacheTrace> _ended;
    private readonly byte[] _key;
    private readonly long _started;
    private readonly Lock _gate = new();
    private readonly List<CacheTraceStep> _steps = [];
    private readonly TaskCompletionSource _invalidated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isTracked;
    private bool _isChanged;
    private bool _isEnded;

    internal CacheTrace(string name, bool isNear, TimeProvider time, Action<CacheTrace> ended)
    {
        _key = Encoding.UTF8.GetBytes(name);
        _isTracked = isNear;
        _time = time;
        _ended = ended;
        _started = time.GetTimestamp();
        Interlocked.Increment(ref _traces);
    }

    /// <summary>The steps so far, in the order in which they began.</summary>
    public IReadOnlyList<CacheTraceStep> Steps
    {
        get
        {
            lock (_gate)
                return [.. _steps.OrderBy(static step => step.At)];
        }
    }

    /// <summary>The time since the trace began.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>The trace of the running operation; <see langword="null"/> for most operations.</summary>
    internal static CacheTrace? Current => Volatile.Read(ref _traces) == 0 ? null : Local.Value;

    /// <summary>Adds a step of the application's own, such as a change of its database.</summary>
    /// <param name="step">The step.</param>
    public void Add(CacheTraceStep step)
    {
        lock (_gate)
        {
            if (!_isEnded && _steps.Count < MaximumSteps)
                _steps.Add(step);
        }
    }

    /// <summary>
    /// Waits for the invalidation that the read node pushes after a change of the key, if this process is to get one. It
    /// comes a little later than the end of the operation, and does not come when the node has lost the connection.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitForInvalidationAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (!_isTracked || !_isChanged)
                return;
        }

        await _invalidated.Task.WaitAsync(InvalidationTimeout, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Ends the trace: later steps are not recorded.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isEnded)
                return;
            _isEnded = true;
        }

        Interlocked.Decrement(ref _traces);
        _ended(this);
    }

    /// <summary>Makes this the trace of whatever the calling method does from here on.</summary>
    internal void Enter() => Local.Value = this;

    /// <summary>Records a step that has just ended.</summary>
    internal void Add(CacheTraceKind kind, CacheTraceOutcome outcome, long started, string? node = null, TimeSpan? timeToLive = null, params IReadOnlyList<string> command) =>
        Add(new CacheTraceStep(kind, outcome, _time.GetElapsedTime(_started, started)) { Took = _time.GetElapsedTime(started), Node = node, TimeToLive = timeToLive, Command = command });

    /// <summary>Records a step that takes no time.</summary>
    internal void Add(CacheTraceKind kind, CacheTraceOutcome outcome, string? node = null, TimeSpan? timeToLive = null) =>
        Add(new CacheTraceStep(kind, outcome, Elapsed) { Node = node, TimeToLive = timeToLive });

    /// <summary>Records a read of a key.</summary>
    internal void Read(string node, string name, CacheTraceOutcome outcome, long started, bool isTracked)
    {
        if (isTracked && IsKey(name))
        {
            lock (_gate)
                _isTracked = true;
        }

        Add(CacheTraceKind.Get, outcome, started, node, timeToLive: null, "GET", name);
    }

    /// <summary>Records the time to live that was read along with a key.</summary>
    internal void ReadTimeToLive(string node, string name, TimeSpan? timeToLive, long started) =>
        Add(CacheTraceKind.TimeToLive, timeToLive is null ? CacheTraceOutcome.Missing : CacheTraceOutcome.Found, started, node, timeToLive, "PTTL", name);

    /// <summary>Records the reply of the read node.</summary>
    internal void Replied(string node, string name, in TrackedReply reply, bool isUsable, bool withTimeToLive, long started)
    {
        if (reply.IsMaster is not null)
            Add(CacheTraceKind.Offset, CacheTraceOutcome.Done, started, node, timeToLive: null, "ROLE");
        Read(node, name, !isUsable ? CacheTraceOutcome.Behind : reply.Value is null ? CacheTraceOutcome.Missing : CacheTraceOutcome.Found, started, isTracked: true);
        if (withTimeToLive && isUsable && reply.Value is not null)
            ReadTimeToLive(node, name, reply.TimeToLive, started);
    }

    /// <summary>Records a write on the master.</summary>
    /// <param name="node">The master.</param>
    /// <param name="names">The names of the keys in Redis.</param>
    /// <param name="command">What was written.</param>
    /// <param name="outcome">Whether that has succeeded.</param>
    /// <param name="started">When the command was sent.</param>
    internal void Wrote(string node, IEnumerable<string> names, in TracedWrite command, CacheTraceOutcome outcome, long started)
    {
        if (outcome == CacheTraceOutcome.Done && names.Any(IsKey))
        {
            lock (_gate)
                _isChanged = true;
        }

        if (command.Payload is null)
        {
            Add(CacheTraceKind.Unlink, outcome, started, node, timeToLive: null, ["UNLINK", .. names]);
            return;
        }

        string[] set = ["SET", names.First(), TextOf(command.Payload)];
        Add(
            CacheTraceKind.Set, outcome, started, node, command.TimeToLive,
            command.TimeToLive is { } limit ? [.. set, "PX", ((long)limit.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)] : set);
    }

    /// <summary>Records that many keys were removed, a batch at a time.</summary>
    /// <param name="node">The master.</param>
    /// <param name="pattern">The pattern of their names.</param>
    /// <param name="batch">How many keys are read at a time.</param>
    /// <param name="some">The first of the keys that were found.</param>
    /// <param name="removed">How many were removed.</param>
    /// <param name="began">When the first keys were read, since the trace began.</param>
    internal void Swept(string node, string pattern, int batch, IReadOnlyList<string> some, long removed, TimeSpan began)
    {
        var ended = Elapsed;
        Add(new CacheTraceStep(CacheTraceKind.Scan, CacheTraceOutcome.Done, began)
        {
            Took = ended - began,
            Node = node,
            Command = ["SCAN", "0", "MATCH", pattern, "COUNT", batch.ToString(CultureInfo.InvariantCulture)],
        });
        if (some.Count > 0)
            Add(new CacheTraceStep(CacheTraceKind.Unlink, CacheTraceOutcome.Done, ended) { Node = node, Keys = removed, Command = removed > some.Count ? ["UNLINK", .. some, "…"] : ["UNLINK", .. some] });
    }

    /// <summary>Records that the read node has pushed an invalidation.</summary>
    internal void Invalidated(ReadOnlySpan<byte> name, string? node)
    {
        if (!name.SequenceEqual(_key))
            return;
        Add(CacheTraceKind.Invalidation, CacheTraceOutcome.Done, node);
        _invalidated.TrySetResult();
    }

    private bool IsKey(string name) => Encoding.UTF8.GetByteCount(name) == _key.Length && Encoding.UTF8.GetBytes(name).AsSpan().SequenceEqual(_key);

    // What is long, or not text, is not shown.
    private static string TextOf(byte[] payload) =>
        payload.Length <= MaximumShown && Utf8.IsValid(payload) && !payload.AsSpan().ContainsAnyInRange((byte)0, LastControlCharacter) ? Encoding.UTF8.GetString(payload) : "…";
}
