using Microsoft.AspNetCore.Http.Json;
using RedisAspire.ApiService.Events;
using RedisAspire.ApiService.Keys;
using RedisAspire.Caching.Tracking;
using RedisCommandUsage = RedisAspire.Topology.RedisCommandUsage;

namespace RedisAspire.ApiService.Commands;

/// <summary>Sends what each node does, every second, to those who watch it.</summary>
internal sealed partial class CommandFeed : BackgroundService
{
    private readonly ILogger<CommandFeed> _logger;
    private readonly Dictionary<string, EventBroadcast> _nodes;

    public CommandFeed(RedisTopology topology, Func<string, CommandComposer> compose, TimeProvider time, ILogger<CommandFeed> logger)
    {
        _logger = logger;
        _nodes = topology.Snapshot.Nodes.ToDictionary(node => node.Name, node => Broadcast(node.Name, compose(node.Name), time), StringComparer.Ordinal);
    }

    /// <summary>What a node does; <see langword="null"/> when there is no such node.</summary>
    public EventBroadcast? Of(string node) => _nodes.GetValueOrDefault(node);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_nodes.Values.Select(broadcast => broadcast.RunAsync(stoppingToken)));

    private EventBroadcast Broadcast(string node, CommandComposer composer, TimeProvider time) =>
        new(composer.ComposeAsync, failure => LogFailing(node, failure), time, composer.StopAsync);

    [LoggerMessage(LogLevel.Warning, "The commands of {Node} could not be composed. Those who watch get heartbeats only, until an attempt succeeds; there is one every second.")]
    private partial void LogFailing(string node, Exception failure);
}

/// <summary>
/// Composes what a node does: how many commands of each name it has run (<c>INFO commandstats</c>), commands that the
/// instances have sampled, and the changes of keys that the node pushes. It is for one caller at a time.
/// </summary>
internal sealed class CommandComposer(
    string node, RedisTopology topology, RedisInspector inspector, CommandSampler sampler, CommandSamples samples, ReservedKeys reserved, IOptions<JsonOptions> options, TimeProvider time)
{
    // The most that is shown of each second, and again to those who come later.
    private const int MaximumShown = 50;

    private readonly Queue<LiveCommandResponse> _latest = new();
    private RedisKeyChanges? _changes;
    private Counted? _counted;
    private string? _last;
    private bool _isNew = true;

    public async Task<(ReadOnlyMemory<byte> Opening, ReadOnlyMemory<byte> News)> ComposeAsync(CancellationToken cancellationToken)
    {
        _changes ??= RedisKeyChanges.Follow(topology, node, MaximumShown, time);
        sampler.Watch(node);
        var watching = TryAsync(async () => await samples.WatchAsync(node, cancellationToken) ? node : null, cancellationToken);
        var counting = TryAsync(() => CountAsync(cancellationToken), cancellationToken);
        var reading = TryAsync(() => ReadAsync(cancellationToken), cancellationToken);
        await Task.WhenAll(watching, counting, reading);

        var rates = await counting;
        var changed = _changes.Take(out var skipped);
        LiveCommandResponse[] entries = [.. (await reading ?? []).Concat(changed.Where(change => !reserved.IsOwn(change.Key)).Select(ToResponse)).OrderBy(entry => entry.At).TakeLast(MaximumShown)];
        foreach (var entry in entries)
            _latest.Enqueue(entry);
        while (_latest.Count > MaximumShown)
            _latest.Dequeue();

        return (Frame(rates, [.. _latest], skipped), Frame(rates, entries, skipped));
    }

    /// <summary>Stops, because nobody watches.</summary>
    public async ValueTask StopAsync()
    {
        if (_changes is { } changes)
            await changes.DisposeAsync();
        sampler.Leave(node);
        (_changes, _counted, _last, _isNew) = (null, null, null, true);
        _latest.Clear();
    }

    private ReadOnlyMemory<byte> Frame(CommandRatesResponse? rates, LiveCommandResponse[] entries, long skipped)
    {
        var frame = new EventFrame(options.Value.SerializerOptions).Add("commands", new LiveCommandsResponse(entries, skipped, _changes is { IsFollowing: true }));
        return (rates is null ? frame : frame.Add("rates", rates)).Bytes;
    }

    private async Task<CommandRatesResponse?> CountAsync(CancellationToken cancellationToken)
    {
        var commands = await inspector.CommandsAsync(node, int.MaxValue, cancellationToken);
        var now = new Counted(time.GetTimestamp(), commands.ToDictionary(command => command.Command, StringComparer.Ordinal));
        var before = Interlocked.Exchange(ref _counted, now);
        return before is null ? null : now.Since(before, time);
    }

    // Those who begin to watch are not shown what others have watched before.
    private async Task<IReadOnlyList<LiveCommandResponse>?> ReadAsync(CancellationToken cancellationToken)
    {
        var (batches, last) = await samples.ReadAsync(_last, cancellationToken);
        _last = last;
        if (_isNew)
        {
            _isNew = false;
            return [];
        }

        return
        [
            .. batches.SelectMany(batch => batch.Commands
                .Where(command => command.Node == node)
                .Select(command => new LiveCommandResponse(command.At, "command", command.Line, batch.Instance, command.Microseconds))),
        ];
    }

    private static LiveCommandResponse ToResponse(RedisKeyChange change) => new(change.At, "change", KeyNotation.Write(change.Key), Instance: null, Microseconds: null);

    // A node that does not answer has no commands.
    private static Task<T?> TryAsync<T>(Func<Task<T?>> ask, CancellationToken cancellationToken)
        where T : class => BestEffort.TryAsync(ask, otherwise: null, failed: null, cancellationToken);

    private sealed record Counted(long At, IReadOnlyDictionary<string, RedisCommandUsage> Commands)
    {
        /// <summary>The rates since an earlier count; <see langword="null"/> when the node was started in between.</summary>
        public CommandRatesResponse? Since(Counted before, TimeProvider time)
        {
            var seconds = time.GetElapsedTime(before.At, At).TotalSeconds;
            var commands = Commands.Values
                .Select(command => (command.Command, Earlier: before.Commands.GetValueOrDefault(command.Command), Now: command))
                .Select(command => (command.Command, Calls: command.Now.Calls - (command.Earlier?.Calls ?? 0), Microseconds: command.Now.Microseconds - (command.Earlier?.Microseconds ?? 0)))
                .Where(command => command.Calls != 0)
                .OrderByDescending(command => command.Calls)
                .ToArray();
            return seconds <= 0 || Array.Exists(commands, command => command.Calls < 0) ? null : new CommandRatesResponse(
                time.GetUtcNow(),
                Math.Round(commands.Sum(command => command.Calls) / seconds, 1),
                [.. commands.Select(command => new CommandRateResponse(command.Command, Math.Round(command.Calls / seconds, 1), Math.Round((double)command.Microseconds / command.Calls, 2)))]);
        }
    }
}
