using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RedisAspire.Tests.Support;

/// <summary>Remembers what was logged, with the exceptions.</summary>
/// <param name="least">What is less than that is not remembered.</param>
internal sealed class RecordingLogger(LogLevel least = LogLevel.Trace) : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // Those who log need not ask first.
        if (IsEnabled(logLevel))
            _lines.Enqueue($"{formatter(state, exception)} {exception}".TrimEnd());
    }

    public void Dispose()
    {
    }
}
