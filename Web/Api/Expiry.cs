namespace RedisAspire.Web.Api;

/// <summary>When what lives for some time expires.</summary>
internal static class Expiry
{
    /// <summary>A moment so many seconds later; the last there is when they are too many, because keys may live for longer than there are dates.</summary>
    public static DateTimeOffset AfterSeconds(this DateTimeOffset moment, double seconds) =>
        seconds < (DateTimeOffset.MaxValue - moment).TotalSeconds ? moment.AddSeconds(seconds) : DateTimeOffset.MaxValue;
}
