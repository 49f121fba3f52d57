using System.Collections.Concurrent;
using System.Text.Json;
using RedisAspire.Topology;

namespace RedisAspire.CoherenceWorker;

/// <summary>Says everything, line by line, and marks the keys whose history all workers shall tell.</summary>
internal sealed class WorkerReport(int worker, RedisMaster master)
{
    // A broken cache violates thousands of times; a few tell the story.
    private const int ToldKeys = 5;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);

    public void Say(WorkerMessage message)
    {
        var line = JsonSerializer.Serialize(message);
        lock (_lock)
            Console.Out.WriteLine(line);
    }

    public async Task ViolationAsync(string key, string text, KeyEvent read)
    {
        if (_told.Count >= ToldKeys || !_told.TryAdd(key, true))
            return;

        Say(new WorkerMessage(MessageKind.Violation, worker) { Key = key, Text = text, Events = [read] });
        await master.Database.SetAddAsync(Phase.SuspectKeys, key);
    }
}
