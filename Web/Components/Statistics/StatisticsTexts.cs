namespace RedisAspire.Web.Components.Statistics;

/// <summary>The sentences about figures.</summary>
public sealed class StatisticsTexts;
