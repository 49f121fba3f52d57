using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RedisAspire.Benchmarks.Compare;

/// <summary>What was measured as Markdown and as JSON.</summary>
internal static class ComparisonReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, IncludeFields = true };

    /// <summary>A table for a part: a line for each operation and cache, with what ours costs beside it.</summary>
    public static string TableOf(IReadOnlyCollection<Row> rows)
    {
        var text = new StringBuilder("| operation | cache | time: median, min–max | processor time | allocated | RedisAspire ÷ this, time | processor |\n|---|---|---|---|---|---|---|\n");
        foreach (var row in rows)
        {
            if (row.Of(Metric.Count) is { Length: > 0 } counts)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {row.What} | {row.Who} | {Spread.Of(counts).Median:0.00} | | | | |\n");
                continue;
            }

            if (row.Note is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {row.What} | {row.Who} | {row.Note} | | | | |\n");
                continue;
            }

            var ours = rows.FirstOrDefault(other => other.What == row.What && other.Who == Caches.Ours);
            text.Append(CultureInfo.InvariantCulture, $"| {row.What} | {row.Who} | {Times(row.Of(Metric.Time))} | {Times(row.Of(Metric.Processor))} | {Bytes(row.Of(Metric.Bytes))} | {Beside(ours, row, Metric.Time)} | {Beside(ours, row, Metric.Processor)} |\n");
        }

        return text.ToString();
    }

    /// <summary>A table of counts: a line for each operation, a column for each cache.</summary>
    public static string CountsOf(IReadOnlyCollection<Row> rows)
    {
        string[] caches = [.. rows.Select(row => row.Who).Distinct(StringComparer.Ordinal)];
        var text = new StringBuilder($"| | {string.Join(" | ", caches)} |\n|---|{string.Concat(Enumerable.Repeat("---|", caches.Length))}\n");
        foreach (var operation in rows.GroupBy(row => row.What, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"| {operation.Key} | {string.Join(" | ", caches.Select(cache => Counts(operation.FirstOrDefault(row => row.Who == cache)?.Of(Metric.Count) ?? [])))} |\n");
        return text.ToString();
    }

    /// <summary>A table of the targets.</summary>
    public static string TableOf(IEnumerable<Verdict> verdicts)
    {
        var text = new StringBuilder("| what | measured: median, min–max | target | | bound |\n|---|---|---|---|---|\n");
        foreach (var (target, measured, isHeld, bound, isBroken) in verdicts)
        {
            var sign = target.IsAtLeast ? '≥' : '≤';
            text.Append(CultureInfo.InvariantCulture, $"| {target.What} | {measured.Median:0.##}, {measured.Minimum:0.##}–{measured.Maximum:0.##} | {sign} {target.Limit:0.##} | {(isHeld ? "held" : "**missed**")} | {(bound is { } limit ? $"{sign} {limit.ToString("0.##", CultureInfo.InvariantCulture)}" : "")}{(isBroken ? " **broken**" : "")} |\n");
        }

        return text.ToString();
    }

    /// <summary>Everything, for programs.</summary>
    public static string JsonOf(IEnumerable<Row> rows, IEnumerable<Verdict> verdicts) => JsonSerializer.Serialize(
        new
        {
            rows,
            figures = verdicts.Select(verdict => new { verdict.Target.Id, verdict.Target.What, verdict.Measured.Median, verdict.Measured.Minimum, verdict.Measured.Maximum, verdict.Target.Limit, verdict.IsHeld, verdict.Bound, verdict.IsBroken }),
        },
        Json);

    private static string Times(double[] values)
    {
        if (values.Length == 0)
            return "";
        var spread = Spread.Of(values);
        var (unit, divisor) = spread.Median switch { < 1e3 => ("ns", 1d), < 1e6 => ("µs", 1e3), _ => ("ms", 1e6) };
        var form = spread.Median / divisor < 100 ? "0.0" : "0";
        return string.Create(CultureInfo.InvariantCulture, $"{In(spread.Median)} {unit}, {In(spread.Minimum)}–{In(spread.Maximum)}");

        string In(double value) => (value / divisor).ToString(form, CultureInfo.InvariantCulture);
    }

    private static string Bytes(double[] values) => values.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{values.Min():N0} B");

    private static string Counts(double[] values)
    {
        if (values.Length == 0)
            return "";
        var spread = Spread.Of(values);
        return spread.Minimum == spread.Maximum
            ? spread.Median.ToString("N0", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{spread.Median:N0}, {spread.Minimum:N0}–{spread.Maximum:N0}");
    }

    private static string Beside(Row? ours, Row row, Metric metric)
    {
        if (ours is null || ReferenceEquals(ours, row))
            return "";
        double[] ratios = [.. ours.Of(metric).Zip(row.Of(metric), (our, other) => our / other)];
        return ratios.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Spread.Of(ratios).Median:0.00}");
    }
}
