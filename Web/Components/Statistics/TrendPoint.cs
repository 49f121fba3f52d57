namespace RedisAspire.Web.Components.Statistics;

/// <summary>A point of a line in a chart.</summary>
/// <param name="At">When, in UTC.</param>
/// <param name="Value">What is shown.</param>
public sealed record TrendPoint(DateTime At, double Value);
