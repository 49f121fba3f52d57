using System.Globalization;

namespace RedisAspire.Web.Components;

/// <summary>Formats numbers for the language of the page.</summary>
internal static class Display
{
    private const string Unknown = "–";

    private static bool IsFrench => CultureInfo.CurrentCulture.TwoLetterISOLanguageName == "fr";

    // "octet" and "jour".
    private static char ByteSign => IsFrench ? 'o' : 'B';

    private static char DaySign => IsFrench ? 'j' : 'd';

    /// <summary>Writes a duration: <c>2.003 s</c>, <c>1.33 ms</c> below a second, or <c>8.4 µs</c> below a tenth of a millisecond.</summary>
    public static string Duration(double milliseconds) => milliseconds switch
    {
        >= 999.5 => Local($"{milliseconds / 1000:0.000} s"),
        >= 99.95 => Local($"{milliseconds:0} ms"),
        >= 9.995 => Local($"{milliseconds:0.0} ms"),
        >= 0.0995 => Local($"{milliseconds:0.00} ms"),
        _ => Latency(milliseconds),
    };

    /// <summary>Writes a duration from microseconds to seconds to three digits: <c>8.4 µs</c>, <c>1.33 ms</c>, <c>2 s</c>.</summary>
    public static string Latency(double? milliseconds) => milliseconds switch
    {
        null => Unknown,
        >= 999.5 => $"{ThreeDigits(milliseconds.Value / 1000)} s",
        >= 0.9995 => $"{ThreeDigits(milliseconds.Value)} ms",
        _ => $"{ThreeDigits(milliseconds.Value * 1000)} µs",
    };

    /// <summary>Writes a duration for a column whose title has the unit: <c>0.007</c>, <c>3.38</c>, <c>2,003</c>.</summary>
    public static string InUnit(double? duration) => duration switch
    {
        null => Unknown,
        >= 99.95 => Local($"{duration:N0}"),
        >= 9.995 => Local($"{duration:0.0}"),
        >= 0.9995 => Local($"{duration:0.00}"),
        _ => Local($"{duration:0.000}"),
    };

    /// <summary>Writes an amount of memory: <c>1.41 MB</c>.</summary>
    public static string Memory(long? bytes, string decimals = "0.00")
    {
        if (bytes is null)
            return Unknown;

        var unit = MemoryUnit(bytes.Value);
        var (prefix, format) = unit switch { 1 => ("", "0"), 1 << 10 => ("k", decimals), 1 << 20 => ("M", decimals), _ => ("G", decimals) };
        return $"{((double)bytes.Value / unit).ToString(format, CultureInfo.CurrentCulture)} {prefix}{ByteSign}";
    }

    /// <summary>The unit in which an amount of memory is written.</summary>
    public static int MemoryUnit(long bytes) => bytes switch
    {
        < 1 << 10 => 1,
        < 1 << 20 => 1 << 10,
        < 1 << 30 => 1 << 20,
        _ => 1 << 30,
    };

    /// <summary>Writes a count with separators: <c>1,001</c>.</summary>
    public static string Count(long? count) => count is null ? Unknown : Local($"{count:N0}");

    /// <summary>Writes how long something has been running: <c>3 h 12 min</c>.</summary>
    public static string Uptime(double? seconds)
    {
        if (seconds is null)
            return Unknown;

        var uptime = seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds.Value) : TimeSpan.MaxValue;
        return uptime switch
        {
            { TotalDays: >= 1 } => Local($"{uptime.Days} {DaySign} {uptime.Hours} h"),
            { TotalHours: >= 1 } => Local($"{uptime.Hours} h {uptime.Minutes} min"),
            { TotalMinutes: >= 1 } => Local($"{uptime.Minutes} min {uptime.Seconds} s"),
            _ => Local($"{uptime.Seconds} s"),
        };
    }

    /// <summary>Writes a share of one: <c>66.7 %</c>.</summary>
    public static string Percent(double? share) => share is null ? Unknown : Percent(share.Value, "0.#");

    /// <summary>Writes how much faster something is: <c>99.93 %</c>. The share is rounded down, so it never reaches 100 %.</summary>
    public static string Gain(double share) => Percent(Math.Floor(share * 10_000) / 10_000, "0.##");

    /// <summary>Writes a number of seconds: <c>60 s</c>.</summary>
    public static string Seconds(double seconds) => Local($"{seconds:0} s");

    /// <summary>Writes a price in euros: <c>€1,249.00</c>.</summary>
    public static string Price(decimal price) => Local(IsFrench ? $"{price:N2}\u00a0€" : (FormattableString)$"€{price:N2}");

    /// <summary>Writes how long an event lasted: <c>3.2 s</c>, or <c>4 min 5 s</c>.</summary>
    public static string Lapse(TimeSpan time) => time < TimeSpan.FromMinutes(1)
        ? Local($"{time.TotalSeconds:0.0} s")
        : Uptime(time.TotalSeconds);

    private static string Percent(double share, string format) => (share * 100).ToString(format, CultureInfo.CurrentCulture) + " %";

    private static string ThreeDigits(double number) =>
        number.ToString(number switch { >= 99.95 => "0", >= 9.995 => "0.#", _ => "0.##" }, CultureInfo.CurrentCulture);

    private static string Local(FormattableString text) => text.ToString(CultureInfo.CurrentCulture);
}
