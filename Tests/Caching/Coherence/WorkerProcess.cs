using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using RedisAspire.CoherenceWorker;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Coherence;

/// <summary>A worker and all it said.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly ConcurrentDictionary<MessageKind, TaskCompletionSource> _said = new();
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly Action<WorkerMessage> _hear;
    private ManagedProcess? _process;

    private WorkerProcess(Action<WorkerMessage> hear) => _hear = hear;

    public static WorkerProcess Start(WorkerSettings settings, RedisReplication redis, ProcessGuardian guardian, Action<WorkerMessage> hear)
    {
        var worker = new WorkerProcess(hear);
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [typeof(WorkerSettings).Assembly.Location, JsonSerializer.Serialize(settings)]);
        foreach (var (key, value) in redis.Environment)
            start.Environment[key] = value;
        worker._process = ManagedProcess.Start($"worker {settings.Worker}", start, guardian, worker.Line);
        return worker;
    }

    /// <summary>Waits until the worker has said something; fails when it ends before.</summary>
    public async Task HasSaidAsync(MessageKind kind)
    {
        var said = SourceOf(kind).Task;
        if (await Task.WhenAny(said, _process!.Exited).WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken) == said)
            return;

        // What it said last may still be on its way.
        await Task.WhenAny(said, Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
        Assert.True(said.IsCompleted, $"{_process.Name} ended with code {await _process.Exited} before it was {kind}:\n{string.Join('\n', _complaints)}");
    }

    private void Line(string text)
    {
        if (!text.StartsWith('{'))
        {
            _complaints.Enqueue(text);
            return;
        }

        var message = JsonSerializer.Deserialize<WorkerMessage>(text)!;
        _hear(message);
        SourceOf(message.Kind).TrySetResult();
    }

    public async ValueTask DisposeAsync() => await _process!.DisposeAsync();

    private TaskCompletionSource SourceOf(MessageKind kind) =>
        _said.GetOrAdd(kind, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
