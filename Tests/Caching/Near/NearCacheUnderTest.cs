using RedisAspire.Caching.Near;

namespace RedisAspire.Tests.Caching.Near;

/// <summary>The near cache, used as it is meant to be or with the ticket taken when it is too late.</summary>
internal sealed class NearCacheUnderTest(bool isTicketIgnored) : INearCacheUnderTest
{
    private readonly NearCache _cache = NearCacheExtensions.NewOpenCache();

    public bool TryGet(string key, out long version)
    {
        var isHit = _cache.TryGet(key, out var item);
        version = isHit ? (long)item!.Value! : 0;
        return isHit;
    }

    public void Fill(string key, Func<long> read)
    {
        var ticket = _cache.BeginFill(key);
        var version = read();
        if (isTicketIgnored)
        {
            _cache.Abandon(ticket);
            ticket = _cache.BeginFill(key);
        }

        _cache.TryComplete(ticket, new NearItem(version, 1));
    }

    public void Invalidate(string key) => _cache.Invalidate(key);

    public void InvalidateAll() => _cache.InvalidateAll();

    public void CloseAndOpen()
    {
        _cache.TurnOff();
        _cache.TurnOn();
    }
}
