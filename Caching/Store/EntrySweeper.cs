using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;
using RedisAspire.Topology;
using StackExchange.Redis;

namespace RedisAspire.Caching.Store;

/// <summary>
/// Removes entries from the master: every string that starts with the prefix, has a time to live and no reserved
/// prefix. In small batches, so that nobody else's command waits long however many keys there are.
/// </summary>
internal sealed class EntrySweeper(RedisTopology topology, IOptions<ReplicatedCacheOptions> options)
{
    // A key costs a microsecond, but four to five while Redis makes its tables smaller because most keys have gone.
    private const int BatchSize = 100;

    // One atomic step per batch, so that a key which loses its time to live meanwhile is spared.
    private const string UnlinkExpiring =
        """
        local removed = 0
        for _, key in ipairs(KEYS) do
          if redis.call('PTTL', key) > 0 and redis.call('TYPE', key)['ok'] == 'string' then removed = removed + redis.call('UNLINK', key) end
        end
        return removed
        """;

    // Far beyond what a batch takes: a sweep of a million keys must not end because one of its thousands was late.
    private static readonly TimeSpan BatchTimeout = TimeSpan.FromSeconds(5);

    private readonly ReplicatedCacheOptions _options = options.Value;

    /// <summary>Removes the entries, a batch with every step of the enumeration.</summary>
    /// <param name="start">What their keys start with, after the prefix.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="RedisUnavailableException">No master is up.</exception>
    public async IAsyncEnumerable<SweptBatch> SweepAsync(string start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (topology.Master is not { } master)
            throw new RedisUnavailableException("No Redis master is up.");

        // The leases before the entries: a fill under way must not bring a value from before back where the scan has been already.
        await foreach (var leases in ScanAsync(master, InternalKeys.LeasePrefix + start).WithCancellation(cancellationToken).ConfigureAwait(false))
            await master.Database.KeyDeleteAsync(leases).WaitAsync(BatchTimeout, cancellationToken).ConfigureAwait(false);

        await foreach (var found in ScanAsync(master, start).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var keys = Array.FindAll(found, key => !IsReserved(key!));
            if (keys.Length > 0)
                yield return await RemoveAsync(master, keys, cancellationToken).ConfigureAwait(false);
        }
    }

    // It is a name, not a pattern.
    private static string Escape(string name) =>
        string.Concat(name.Select(letter => letter is '*' or '?' or '[' or ']' or '\\' or '^' ? $"\\{letter}" : $"{letter}"));

    private IAsyncEnumerable<RedisKey[]> ScanAsync(RedisNode node, string start) =>
        node.Database.Server().KeysAsync(node.Database.Database, $"{Escape(_options.KeyPrefix + start)}*", BatchSize).Chunk(BatchSize);

    private async Task<SweptBatch> RemoveAsync(RedisNode master, RedisKey[] keys, CancellationToken cancellationToken)
    {
        var removing = master.Database.ScriptEvaluateAsync(UnlinkExpiring, keys);
        // On the same connection right behind the removal, so that the offset is past it.
        var asking = topology.HasReplicas ? master.Database.Server().RoleAsync() : null;
        var removed = (long)await removing.WaitAsync(BatchTimeout, cancellationToken).ConfigureAwait(false);
        var offset = asking is null ? null : RedisStore.OffsetIn(await asking.WaitAsync(BatchTimeout, cancellationToken).ConfigureAwait(false));
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

/// <summary>What one step of an <see cref="EntrySweeper"/> has removed.</summary>
/// <param name="Removed">How many entries.</param>
/// <param name="Offset">The master's replication offset, past their removal; <see langword="null"/> when there are no replicas.</param>
internal sealed record SweptBatch(long Removed, long? Offset);
