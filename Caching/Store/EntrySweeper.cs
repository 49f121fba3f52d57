using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Topology;
using StackExchange.Redis;

namespace RedisAspire.Caching.Store;

/// <summary>
/// Removes entries from the master: every string whose key starts with the prefix, has a time to live and no reserved
/// prefix. It works in small batches, so that other commands do not wait long however many keys there are.
/// </summary>
internal sealed class EntrySweeper(RedisTopology topology, IOptions<ReplicatedCacheOptions> options)
{
    // A key takes a microsecond, but four to five while Redis shrinks its hash tables because most keys are gone.
    private const int BatchSize = 100;

    // How many keys a trace names.
    private const int MaximumShown = 5;

    // Each batch is one script, so that a key that loses its time to live meanwhile is not removed.
    private const string UnlinkExpiring =
        """
        local removed = 0
        for _, key in ipairs(KEYS) do
          if redis.call('PTTL', key) > 0 and redis.call('TYPE', key)['ok'] == 'string' then removed = removed + redis.call('UNLINK', key) end
        end
        return removed
        """;

    // Far longer than a batch takes, because a sweep of a million keys must not fail when one of its many batches is late.
    private static readonly TimeSpan BatchTimeout = TimeSpan.FromSeconds(5);

    private readonly ReplicatedCacheOptions _options = options.Value;

    /// <summary>Removes the entries, one batch with each step of the enumeration.</summary>
    /// <param name="start">The start of their keys, after the prefix.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="RedisUnavailableException">No master is up.</exception>
    public async IAsyncEnumerable<SweptBatch> SweepAsync(string start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (topology.Master is not { } master)
            throw new RedisUnavailableException("No Redis master is up.");

        var trace = CacheTrace.Current;
        var began = trace?.Elapsed ?? default;
        var (some, removed) = (new List<string>(), 0L);

        // The leases are removed first, so that a fill in flight cannot store an old value behind the scan.
        await foreach (var leases in ScanAsync(master, InternalKeys.LeasePrefix + start).WithCancellation(cancellationToken).ConfigureAwait(false))
            await master.Database.KeyDeleteAsync(leases).WaitAsync(BatchTimeout, cancellationToken).ConfigureAwait(false);

        await foreach (var found in ScanAsync(master, start).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var keys = Array.FindAll(found, key => !IsReserved(key!));
            if (keys.Length == 0)
                continue;
            var batch = await RemoveAsync(master, keys, cancellationToken).ConfigureAwait(false);
            removed += batch.Removed;
            if (trace is not null)
                some.AddRange(keys.Take(MaximumShown - some.Count).Select(key => (string)key!));
            yield return batch;
        }

        trace?.Swept(master.Name, PatternOf(start), BatchSize, some, removed, began);
    }

    // The start is a literal name, so the characters of patterns are escaped.
    private static string Escape(string name) =>
        string.Concat(name.Select(letter => letter is '*' or '?' or '[' or ']' or '\\' or '^' ? $"\\{letter}" : $"{letter}"));

    private IAsyncEnumerable<RedisKey[]> ScanAsync(RedisNode node, string start) =>
        node.Database.Server().KeysAsync(node.Database.Database, PatternOf(start), BatchSize).Chunk(BatchSize);

    private string PatternOf(string start) => $"{Escape(_options.KeyPrefix + start)}*";

    private async Task<SweptBatch> RemoveAsync(RedisNode master, RedisKey[] keys, CancellationToken cancellationToken)
    {
        var removing = master.Database.ScriptEvaluateAsync(UnlinkExpiring, keys);
        // ROLE is sent on the same connection right after the removal, so that the offset includes it.
        var readingRole = topology.HasReplicas ? master.Database.Server().RoleAsync() : null;
        var removed = (long)await removing.WaitAsync(BatchTimeout, cancellationToken).ConfigureAwait(false);
        var offset = readingRole is null ? null : MasterOffset.In(await readingRole.WaitAsync(BatchTimeout, cancellationToken).ConfigureAwait(false));
        return new SweptBatch(removed, offset);
    }

    private bool IsReserved(string name)
    {
        var key = name.AsSpan(_options.KeyPrefix.Length);
        if (key.StartsWith(InternalKeys.Prefix, StringComparison.Ordinal))
            return true;
        foreach (var prefix in _options.ReservedPrefixes)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}

/// <summary>The result of one batch of an <see cref="EntrySweeper"/>.</summary>
/// <param name="Removed">The number of removed entries.</param>
/// <param name="Offset">The master's replication offset after the removal; <see langword="null"/> when there are no replicas.</param>
internal sealed record SweptBatch(long Removed, long? Offset);
