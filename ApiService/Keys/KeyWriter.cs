using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Keys;

/// <summary>Changes one key on the master. Whoever has cached it is told by Redis.</summary>
internal sealed class KeyWriter(KeyNodes nodes, KeyInspector inspector, IOptions<KeyOptions> options)
{
    /// <summary>Lets a key expire.</summary>
    /// <returns>The key as it is now; <see langword="null"/> when there is none.</returns>
    public Task<KeyResponse?> ExpireAsync(byte[] key, long seconds, CancellationToken cancellationToken) =>
        ChangeAsync(key, database => database.KeyExpireAsync(key, TimeSpan.FromSeconds(seconds)), cancellationToken);

    /// <summary>Lets a key never expire.</summary>
    /// <returns>The key as it is now; <see langword="null"/> when there is none.</returns>
    public Task<KeyResponse?> PersistAsync(byte[] key, CancellationToken cancellationToken) =>
        ChangeAsync(key, database => database.KeyPersistAsync(key), cancellationToken);

    /// <summary>Deletes a key.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> DeleteAsync(byte[] key, CancellationToken cancellationToken) =>
        await nodes.Master.Database.KeyDeleteAsync(key).WaitAsync(options.Value.OperationTimeout, cancellationToken);

    private async Task<KeyResponse?> ChangeAsync(byte[] key, Func<IDatabase, Task<bool>> change, CancellationToken cancellationToken)
    {
        var database = nodes.Master.Database;
        await change(database).WaitAsync(options.Value.OperationTimeout, cancellationToken);
        return await inspector.InspectAsync(database, [key], cancellationToken) is [var changed] ? changed : null;
    }
}
