namespace RedisAspire.Tests.AppHost;

/// <summary>One series of a histogram as the collector of telemetry receives it.</summary>
public sealed record ReceivedHistogram(
    TelemetryOrigin Origin, string Name, string Unit, IReadOnlyList<double> Bounds, ulong Count, double Sum, IReadOnlyDictionary<string, object?> Attributes);
