using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RedisAspire.Caching.Tracking;

namespace RedisAspire.Tests.Caching.Tracking;

/// <summary>Remembers what a tracked connection logged.</summary>
internal sealed class RecordingLogger : ILogger<TrackedConnection>
{
    private readonly ConcurrentQueue<string> _warnings = new();

    public IReadOnlyList<string> Warnings => [.. _warnings];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Warning)
            _warnings.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
