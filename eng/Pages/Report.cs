using System.Globalization;

namespace RedisAspire.Pages;

/// <summary>Figures on the console, the same in every language.</summary>
internal static class Report
{
    public static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>The first, the median and the longest of some durations in the order they were measured.</summary>
    public static string Summary(IReadOnlyList<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"first {milliseconds[0],4:F0} ms, median {sorted[sorted.Length / 2],4:F0} ms, longest {sorted[^1],4:F0} ms");
    }
}
