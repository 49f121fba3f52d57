using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Data;

namespace RedisAspire.ApiService.Queue;

/// <summary>Warms the cache: asks for keys before anybody else does, so that nobody has to wait for the database.</summary>
internal sealed class CacheWarmer(DataService data, IOptions<QueueOptions> options)
{
    public Task WarmAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        keys,
        new ParallelOptions { MaxDegreeOfParallelism = options.Value.KeysAtOnce, CancellationToken = cancellationToken },
        async (key, token) => await data.ReadAsync(key, options: null, token));
}
