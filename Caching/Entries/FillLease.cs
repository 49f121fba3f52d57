using RedisAspire.Caching.Coherence;

namespace RedisAspire.Caching.Entries;

/// <summary>The right of one process in the cluster to fill an entry, renewed for as long as it works on it.</summary>
internal sealed class FillLease : IAsyncDisposable
{
    private readonly RedisStore _store;
    private readonly CoherentReader _reader;
    private readonly string _key;
    private readonly string _token;
    private readonly ITimer _renewal;
    private bool _isUsed;

    private FillLease(RedisStore store, CoherentReader reader, string key, string token, TimeSpan duration, TimeProvider time)
    {
        _store = store;
        _reader = reader;
        _key = key;
        _token = token;
        _renewal = time.CreateTimer(static lease => ((FillLease)lease!).Renew(), this, duration / 3, duration / 3);
    }

    /// <summary>Whether it is given back when nothing was stored; otherwise it ends by itself.</summary>
    public bool IsGivenBack { get; set; } = true;

    /// <summary>Tries to get the lease.</summary>
    /// <returns>The lease if it was <see cref="LeaseState.Taken"/>, and what the master said.</returns>
    public static async ValueTask<(FillLease? Lease, LeaseAnswer Answer)> TakeAsync(
        RedisStore store, CoherentReader reader, string key, TimeSpan? wanted, TimeSpan duration, TimeProvider time)
    {
        // With the run id of the master: see the script that takes leases.
        var token = $"{store.MasterRunId}:{Guid.NewGuid():N}";
        var answer = await store.TakeLeaseAsync(key, token, wanted).ConfigureAwait(false);
        return (answer.State == LeaseState.Taken ? new FillLease(store, reader, key, token, duration, time) : null, answer);
    }

    /// <summary>Writes the entry, if nobody has removed it since the lease was taken. Ends the lease.</summary>
    public async ValueTask<WriteResult> StoreAsync(byte[] payload, TimeSpan timeToLive, IReadOnlyCollection<string> tagKeys, CancellationToken cancellationToken)
    {
        _isUsed = true;
        var result = await _store.SetUnderLeaseAsync(_key, _token, payload, timeToLive, tagKeys, cancellationToken).ConfigureAwait(false);
        Ended(result);
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await _renewal.DisposeAsync().ConfigureAwait(false);
        if (!_isUsed && IsGivenBack)
            Ended(await _store.ReleaseLeaseAsync(_key, _token).ConfigureAwait(false));
    }

    // A lease that the master was too dead to take back may live on in the next one, where others would wait for it.
    private void Ended(WriteResult result)
    {
        if (!result.IsReached)
            _reader.Written(InternalKeys.Lease(_key), result);
    }

    private void Renew() => _ = _store.RenewLeaseAsync(_key, _token).AsTask();
}
