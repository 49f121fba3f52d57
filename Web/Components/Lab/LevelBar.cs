namespace RedisAspire.Web.Components.Lab;

/// <summary>A bar of a chart.</summary>
/// <param name="Level">The level it stands for.</param>
/// <param name="Value">How long it is.</param>
public sealed record LevelBar(string Level, double Value);
