namespace RedisAspire.Web.Components.Statistics;

/// <summary>A series of a chart in its legend.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Color">Its color, as CSS has it.</param>
/// <param name="IsDashed">Whether its line is dashed.</param>
public sealed record ChartSeries(string Name, string Color, bool IsDashed = false);
