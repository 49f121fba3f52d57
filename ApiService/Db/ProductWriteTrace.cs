using RedisAspire.ApiService.Tracing;

namespace RedisAspire.ApiService.Db;

/// <summary>Measures the commands of writes that are sent together, for those of them that are traced.</summary>
internal sealed class ProductWriteTrace(string node, TimeProvider time)
{
    private readonly Dictionary<Task, (long Sent, Task<long> Answered)> _times = [];
    private long _sending = time.GetTimestamp();

    /// <summary>Completes when all commands are answered, or have failed.</summary>
    public Task Answered => Task.WhenAll(_times.Values.Select(command => command.Answered));

    /// <summary>Measures a command that has just been sent, after the one before. On a fast network the reply may be there already.</summary>
    public void Watch(Task command)
    {
        _times[command] = (_sending, MeasureAsync(command));
        _sending = time.GetTimestamp();
    }

    public void AddConnection(RequestTrace trace, Task<RedisResult> command) => Add(trace, "connection", command, ["CLIENT", "ID"], _ => "done");

    public void AddScript(RequestTrace trace, Task<RedisResult> command, ProductWrite write) =>
        Add(trace, "script", command, write.Command, reply => ((string)((RedisResult[])reply!)[0]!).ToLowerInvariant());

    public void AddWait(RequestTrace trace, Task<RedisResult> command, DbOptions options)
    {
        var replicas = command.IsCompletedSuccessfully ? (int?)command.Result : null;
        string[] wait = ["WAIT", $"{options.MinimumReplicas}", $"{(long)options.ReplicationTimeout.TotalMilliseconds}"];
        Add(trace, "replicas", command, wait, _ => replicas >= options.MinimumReplicas ? "done" : "behind", replicas);
    }

    private void Add(RequestTrace trace, string name, Task<RedisResult> command, IReadOnlyList<string> words, Func<RedisResult, string> outcomeOf, int? replicas = null)
    {
        var (sent, answered) = _times[command];
        trace.Add(new RequestStep(name, command.IsCompletedSuccessfully ? outcomeOf(command.Result) : "failed", trace.At(sent))
        {
            Took = time.GetElapsedTime(sent, answered.IsCompletedSuccessfully ? answered.Result : time.GetTimestamp()),
            Node = node,
            Command = words,
            Replicas = replicas,
        });
    }

    private async Task<long> MeasureAsync(Task command)
    {
        await command.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return time.GetTimestamp();
    }
}
