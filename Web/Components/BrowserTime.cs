using System.Globalization;

namespace RedisAspire.Web.Components;

/// <summary>
/// Writes moments in the time zone of the visitor. The browser says it with a cookie, so that the server draws the page with the
/// right times; at the very first visit the circuit asks.
/// </summary>
internal sealed class BrowserTime
{
    /// <summary>The cookie with the time zone, written by appearance.js.</summary>
    public const string Cookie = "time-zone";

    /// <summary>The function of appearance.js that returns the time zone.</summary>
    public const string Function = "timeZone";

    private TimeZoneInfo _zone = TimeZoneInfo.Utc;

    /// <summary>Whether the browser has said its time zone. Until then times are in UTC.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Sets the time zone by its name, for example <c>Europe/Paris</c>. One that this machine does not know leaves it as it is.</summary>
    public void Use(string? zone)
    {
        if (zone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known))
            (_zone, IsKnown) = (known, true);
    }

    public DateTime Local(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, _zone).DateTime;

    /// <summary>Writes a moment: <c>2026-01-31 23:59:59</c>, with the zone where that is not the visitor's.</summary>
    public string Moment(DateTimeOffset moment) =>
        Local(moment).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + (IsKnown ? "" : " UTC");

    /// <summary>Writes a time of day: <c>23:59:59</c>.</summary>
    public string TimeOfDay(DateTimeOffset moment) => Local(moment).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
