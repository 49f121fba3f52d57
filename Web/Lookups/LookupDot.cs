namespace RedisAspire.Web.Lookups;

/// <summary>A look-up in a chart.</summary>
/// <param name="Number">Its place, the oldest first.</param>
/// <param name="Level">The cache level that answered.</param>
/// <param name="Milliseconds">How long it took; never nothing, which a logarithmic axis cannot show.</param>
/// <param name="Key">The key.</param>
public sealed record LookupDot(double Number, string Level, double Milliseconds, string Key)
{
    /// <summary>How many a chart shows.</summary>
    public const int Maximum = 60;

    // The API rounds to this.
    private const double Shortest = 0.001;

    /// <summary>The last look-ups, so placed that the latest has the last place.</summary>
    /// <param name="lookups">The look-ups, the latest first.</param>
    /// <returns>Their dots.</returns>
    public static IReadOnlyList<LookupDot> Of(IReadOnlyList<HistoryEntryResponse> lookups) =>
        [.. lookups.Take(Maximum).Select((lookup, age) => new LookupDot(Maximum - age, lookup.Level, Math.Max(Shortest, lookup.ElapsedMs), lookup.Key))];
}
