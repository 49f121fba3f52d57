namespace RedisAspire.Benchmarks.Compare;

/// <summary>The median of some values, and the range they are in.</summary>
internal sealed record Spread(double Median, double Minimum, double Maximum)
{
    /// <summary>How far the values are from the middle of their range at most: what we call noise.</summary>
    public double Noise => (Maximum - Minimum) / 2;

    /// <summary>Summarises values.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
            throw new ArgumentException("There are no values.", nameof(values));
        var middle = sorted.Length / 2;
        return new Spread(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }
}
