using System.Collections.Concurrent;
using RedisAspire.Standalone;

namespace RedisAspire.Tests.Support;

/// <summary>Keeps every line.</summary>
internal sealed class RecordingLog : LaunchLog
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public override void Say(string text) => _lines.Enqueue(text);

    public override void Line(string source, string text) => _lines.Enqueue($"{source} | {text}");
}
