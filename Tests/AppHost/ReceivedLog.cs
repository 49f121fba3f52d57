namespace RedisAspire.Tests.AppHost;

/// <summary>A log record as the collector of telemetry receives it.</summary>
public sealed record ReceivedLog(TelemetryOrigin Origin, string Severity, string Text, string TraceId, string SpanId);
