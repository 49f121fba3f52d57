using RedisAspire.ApiService.Tracing;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.ApiService.Commands;

/// <summary>
/// Samples the commands that this instance sends to nodes that somebody watches. Which these are is in Redis, so that all
/// instances know. While nobody watches, a request pays one comparison.
/// </summary>
internal sealed class CommandSampler(RedisTopology topology, CommandSamples samples, ServiceInstance instance, TimeProvider time) : BackgroundService
{
    // In each second: so many operations are traced, until so many commands are found.
    private const int MaximumTraced = 200;
    private const int MaximumCommands = 50;
    private const int MaximumLine = 500;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly WakeUp _recorded = new();
    private readonly List<SampledCommand> _commands = [];
    private readonly HashSet<string> _watchedHere = new(StringComparer.Ordinal);
    // With those that are watched through other instances.
    private volatile string[] _watched = [];
    private long _second;
    private int _traced;
    private int _found;

    /// <summary>Whether the operation that begins now should be traced, because somebody watches.</summary>
    public bool Takes => _watched.Length > 0 && TakesOne();

    /// <summary>Whether somebody watches a node, as far as this instance knows.</summary>
    public bool IsWatched(string node) => _watched.Contains(node, StringComparer.Ordinal);

    public async Task RefreshAsync(IDatabase database)
    {
        var names = topology.Snapshot.Nodes.Select(node => node.Name).ToArray();
        var watched = await database.StringGetAsync(Array.ConvertAll(names, name => CommandSamples.WatchedKey(name)));
        // A replica may not know yet that a node is watched through this instance.
        lock (_gate)
            _watched = [.. names.Where((name, at) => !watched[at].IsNull || _watchedHere.Contains(name))];
    }

    /// <summary>Samples the commands for a node, because it is watched through this instance.</summary>
    public void Watch(string node)
    {
        lock (_gate)
        {
            if (_watchedHere.Add(node) && !IsWatched(node))
                _watched = [.. _watched, node];
        }
    }

    /// <summary>Nobody watches the node through this instance any more.</summary>
    public void Leave(string node)
    {
        lock (_gate)
            _watchedHere.Remove(node);
    }

    public void Add(CacheTrace trace)
    {
        if (_watched.Length == 0)
            return;
        var began = time.GetUtcNow() - trace.Elapsed;
        foreach (var step in trace.Steps)
        {
            if (step is { Node: { } node, Command: not [] })
                Add(node, began + step.At, step.Command, step.Took);
        }
    }

    public void Add(string node, DateTimeOffset at, IEnumerable<string> command, TimeSpan? took)
    {
        if (!IsWatched(node))
            return;
        var line = TraceMapping.LineOf(command);
        var sampled = new SampledCommand(node, at, line.Length > MaximumLine ? $"{line[..MaximumLine]}…" : line, took is { } known ? Math.Round(known.TotalMicroseconds, 1) : null);
        lock (_gate)
        {
            _found++;
            if (_commands.Count < MaximumCommands)
                _commands.Add(sampled);
        }

        _recorded.Set();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _recorded.WaitAsync(Pause, time, stoppingToken);
            _recorded.Reset();
            await samples.TryAddAsync(new SampledCommands(instance.Name, Take()), stoppingToken);
        }
    }

    private SampledCommand[] Take()
    {
        lock (_gate)
        {
            var taken = _commands.ToArray();
            _commands.Clear();
            return taken;
        }
    }

    private bool TakesOne()
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_second) >= Second)
                (_second, _traced, _found) = (time.GetTimestamp(), 0, 0);
            return _found < MaximumCommands && ++_traced <= MaximumTraced;
        }
    }
}

/// <summary>The sampled commands of all instances: a short stream in Redis, for as long as somebody watches.</summary>
internal sealed partial class CommandSamples(ApplicationStore store, ILogger<CommandSamples> logger)
{
    private const string Stream = "app:commands";
    private const int Length = 100;
    private const int Version = 1;
    private const string Field = "sampled";

    private static readonly TimeSpan WatchedFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    public static RedisKey WatchedKey(string node) => $"{Stream}:watched:{node}";

    /// <summary>Has all instances sample the commands for a node for some seconds.</summary>
    public Task<bool> WatchAsync(string node, CancellationToken cancellationToken) =>
        store.WriteAsync(database => database.StringSetAsync(WatchedKey(node), 1, WatchedFor), cancellationToken);

    /// <summary>Adds commands. Those that Redis does not take are dropped.</summary>
    public Task TryAddAsync(SampledCommands commands, CancellationToken cancellationToken) => BestEffort.TryAsync(
        () => store.WriteAsync(
            async database =>
            {
                var adding = database.StreamAddAsync(Stream, Field, SharedJson.Write(Version, commands), maxLength: Length, useApproximateMaxLength: true);
                await database.KeyExpireAsync(Stream, KeptFor);
                return await adding;
            },
            cancellationToken),
        failure => LogLost(commands.Commands.Count, failure), cancellationToken);

    /// <summary>Reads the commands after the <paramref name="last"/> one that is known, and gives the last one; all that are kept when it is <see langword="null"/>.</summary>
    public async Task<(IReadOnlyList<SampledCommands> Commands, string? Last)> ReadAsync(string? last, CancellationToken cancellationToken)
    {
        var (entries, _) = await store.ReadAsync(database => database.StreamRangeAsync(Stream, minId: last is null ? "-" : $"({last}"), cancellationToken);
        return ([.. entries.Select(entry => SharedJson.TryRead<SampledCommands>(Version, entry[Field])).OfType<SampledCommands>()], entries is [] ? last : (string?)entries[^1].Id);
    }

    [LoggerMessage(LogLevel.Debug, "{Count} sampled commands could not be written to Redis. They are missing in the live view.")]
    private partial void LogLost(int count, Exception failure);
}

/// <summary>Commands that an instance has sent, the oldest first.</summary>
internal sealed record SampledCommands(string Instance, IReadOnlyList<SampledCommand> Commands);

/// <summary>A command as for <c>redis-cli</c>, and how long the instance has waited for the reply.</summary>
internal sealed record SampledCommand(string Node, DateTimeOffset At, string Line, double? Microseconds);
