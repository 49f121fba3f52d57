namespace RedisAspire.Tests.AppHost;

/// <summary>What telemetry of every kind says of where it comes from.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="Protocol">How it was sent: <c>grpc</c> or <c>http/protobuf</c>.</param>
/// <param name="Scope">The activity source, the meter or the category of the log.</param>
public sealed record TelemetryOrigin(string Service, string Protocol, string Scope);
