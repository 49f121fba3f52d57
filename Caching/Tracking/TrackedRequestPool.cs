using Microsoft.Extensions.ObjectPool;

namespace RedisAspire.Caching.Tracking;

/// <summary>Keeps the requests of a connection for the next callers.</summary>
internal sealed class TrackedRequestPool : PooledObjectPolicy<TrackedRequest>
{
    private const int Kept = 1024;

    private readonly DefaultObjectPool<TrackedRequest> _pool;

    public TrackedRequestPool() => _pool = new DefaultObjectPool<TrackedRequest>(this, Kept);

    public TrackedRequest Get() => _pool.Get();

    public override TrackedRequest Create() => new(_pool);

    public override bool Return(TrackedRequest obj) => true;
}
