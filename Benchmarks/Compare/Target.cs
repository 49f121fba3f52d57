namespace RedisAspire.Benchmarks.Compare;

/// <summary>
/// What a figure must not exceed, or must reach. Figures of two rows are compared round by round, because whatever else the
/// machine does disturbs the rows of one round alike.
/// </summary>
/// <param name="Id">Its name in the file of bounds.</param>
/// <param name="What">Its name for people.</param>
/// <param name="Figure">How the figure is calculated.</param>
/// <param name="Limit">The limit.</param>
internal sealed record Target(string Id, string What, Figure Figure, double Limit)
{
    /// <summary>Whether the figure must reach the limit, instead of not exceeding it.</summary>
    public bool IsAtLeast { get; init; }

    /// <summary>Judges the rows.</summary>
    /// <param name="rows">Everything that was measured.</param>
    /// <param name="bound">The committed bound of the same figure, if there is one.</param>
    /// <returns>The verdict; <see langword="null"/> when a row was not measured.</returns>
    public Verdict? Judge(IReadOnlyCollection<Row> rows, double? bound)
    {
        if (Figure.Of(rows) is not { Length: > 0 } values)
            return null;
        var spread = Spread.Of(values);
        return new Verdict(this, spread, IsAtLeast ? spread.Median >= Limit : spread.Median <= Limit, bound, bound is { } allowed && IsWorse(spread, allowed));
    }

    // Worse by more than the noise: even with the noise in our favour the median would be beyond the bound.
    private bool IsWorse(Spread spread, double bound) => IsAtLeast ? spread.Median + spread.Noise < bound : spread.Median - spread.Noise > bound;
}

/// <summary>Whether a target is held, and whether its committed bound is broken.</summary>
/// <param name="Target">The target.</param>
/// <param name="Measured">The figure.</param>
/// <param name="IsHeld">Whether the median meets the target.</param>
/// <param name="Bound">The committed bound, if there is one.</param>
/// <param name="IsBroken">Whether the figure is worse than the bound by more than its noise.</param>
internal sealed record Verdict(Target Target, Spread Measured, bool IsHeld, double? Bound, bool IsBroken);

/// <summary>How a figure is calculated from rows.</summary>
/// <param name="Kind">The calculation.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Row">The operation and cache that are judged.</param>
/// <param name="Beside">Those that they are compared to.</param>
internal sealed record Figure(FigureKind Kind, Metric Metric, (string What, string Who) Row, (string What, string Who)? Beside = null)
{
    /// <summary>The metric of a row divided by that of another one.</summary>
    public static Figure Ratio(Metric metric, (string What, string Who) row, (string What, string Who) beside) => new(FigureKind.Ratio, metric, row, beside);

    /// <summary>The metric of a row.</summary>
    public static Figure Value(Metric metric, (string What, string Who) row) => new(FigureKind.Value, metric, row);

    /// <summary>The metric of a row minus that of another one.</summary>
    public static Figure Difference(Metric metric, (string What, string Who) row, (string What, string Who) beside) => new(FigureKind.Difference, metric, row, beside);

    /// <summary>The figure of each round; empty when a row was not measured.</summary>
    public double[] Of(IReadOnlyCollection<Row> rows)
    {
        var values = ValuesOf(rows, Row);
        return Kind switch
        {
            // An operation allocates the same every time; what other threads allocate meanwhile can only add to it.
            FigureKind.Value when Metric == Metric.Bytes && values.Length > 0 => [values.Min()],
            FigureKind.Value => values,
            FigureKind.Ratio => [.. values.Zip(ValuesOf(rows, Beside!.Value), (value, beside) => value / beside)],
            _ => [.. values.Zip(ValuesOf(rows, Beside!.Value), (value, beside) => value - beside)],
        };
    }

    private double[] ValuesOf(IReadOnlyCollection<Row> rows, (string What, string Who) which) =>
        rows.FirstOrDefault(row => row.What == which.What && row.Who == which.Who)?.Of(Metric) ?? [];
}

/// <summary>A calculation.</summary>
internal enum FigureKind
{
    /// <summary>One row divided by another.</summary>
    Ratio,

    /// <summary>One row.</summary>
    Value,

    /// <summary>One row minus another.</summary>
    Difference,
}
