using RedisAspire.Web.Api;

namespace RedisAspire.Web.Lookups;

/// <summary>A look-up as this page saw it.</summary>
/// <param name="Answer">The API's answer.</param>
/// <param name="ClientTime">How long it took from here: the API's own time and the way there and back.</param>
/// <param name="ReceivedAt">When the answer arrived.</param>
public sealed record LookupResult(DataResponse Answer, TimeSpan ClientTime, DateTimeOffset ReceivedAt)
{
    /// <summary>When the value expires; none when it never does, or is not cached.</summary>
    public DateTimeOffset? ExpiresAt => Answer.TtlSeconds is { } seconds ? ReceivedAt.AfterSeconds(seconds) : null;
}
