using System.Diagnostics;

namespace RedisAspire.Tests.AppHost;

/// <summary>A span as the collector of telemetry receives it.</summary>
public sealed record ReceivedSpan(
    TelemetryOrigin Origin, string TraceId, string Id, string ParentId, string Name, ActivityKind Kind, IReadOnlyDictionary<string, object?> Attributes)
{
    /// <summary>Whether it is of a command to Redis, in the words of the present conventions or of earlier ones.</summary>
    public bool IsRedis => Attributes.ContainsKey("db.system.name") || Attributes.ContainsKey("db.system");
}
