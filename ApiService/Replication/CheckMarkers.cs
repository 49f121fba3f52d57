using System.Globalization;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Replication;

/// <summary>What a replication check writes: keys of its own, which go away by themselves should nobody remove them.</summary>
internal sealed class CheckMarkers(IDatabase master)
{
    /// <summary>What all keys of all checks start with.</summary>
    public const string Prefix = "app:replication-check:";

    private const int Batch = 500;

    private static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string _prefix = $"{Prefix}{Guid.NewGuid():N}:";
    private readonly string _value = Guid.NewGuid().ToString("N");
    private int _written;

    /// <summary>Writes the marker that all nodes are asked for.</summary>
    public Task WriteAsync(CancellationToken cancellationToken) => SetAsync(0).WaitAsync(Patience, cancellationToken);

    /// <summary>Whether a node has the marker.</summary>
    public async Task<bool> IsOnAsync(IDatabase node, TimeSpan patience, CancellationToken cancellationToken) =>
        await node.StringGetAsync(KeyOf(0)).WaitAsync(patience, cancellationToken) == _value;

    /// <summary>Writes keys one after another.</summary>
    public async Task WriteOneByOneAsync(int first, int count, CancellationToken cancellationToken)
    {
        for (var i = first; i < first + count; i++)
            await SetAsync(i).WaitAsync(Patience, cancellationToken);
    }

    /// <summary>Writes keys without waiting for one before the next, a batch at a time so that others get in between.</summary>
    public async Task WritePipelinedAsync(int first, int count, CancellationToken cancellationToken)
    {
        foreach (var batch in Enumerable.Range(first, count).Chunk(Batch))
            await Task.WhenAll(batch.Select(SetAsync)).WaitAsync(Patience, cancellationToken);
    }

    /// <summary>Removes all that was written, as far as the master can be reached.</summary>
    public async Task RemoveAsync()
    {
        try
        {
            foreach (var batch in Enumerable.Range(0, _written).Chunk(Batch))
                await master.KeyDeleteAsync(Array.ConvertAll(batch, i => (RedisKey)KeyOf(i))).WaitAsync(Patience);
        }
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, CancellationToken.None))
        {
            // They go away by themselves.
        }
    }

    private string KeyOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{number}");

    private Task SetAsync(int number)
    {
        _written = Math.Max(_written, number + 1);
        return master.StringSetAsync(KeyOf(number), _value, TimeToLive);
    }
}
