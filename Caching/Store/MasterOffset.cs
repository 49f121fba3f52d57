using StackExchange.Redis;

namespace RedisAspire.Caching.Store;

/// <summary>
/// Reads the replication offset of a master after writes. One <c>ROLE</c> is in flight at a time, and the next one serves
/// every write that was sent meanwhile: it is sent after all of them, so its offset includes them.
/// </summary>
/// <param name="readRole">Sends <c>ROLE</c>, on the connection of the writes.</param>
internal sealed class MasterOffset(Func<Task<Role>> readRole)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<long?>? _next;
    private bool _isReading;

    /// <summary>Reads an offset that includes every write that was sent before the call.</summary>
    /// <returns>The offset; <see langword="null"/> when the node is no master any longer.</returns>
    public Task<long?> ReadAsync()
    {
        lock (_gate)
        {
            if (_isReading)
                return (_next ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            _isReading = true;
        }

        var reading = ReadRoleAsync();
        _ = ServeAsync(reading);
        return reading;
    }

    /// <summary>The replication offset in a master's reply to <c>ROLE</c>.</summary>
    internal static long? In(Role role) => (role as Role.Master)?.ReplicationOffset;

    private async Task<long?> ReadRoleAsync() => In(await readRole().ConfigureAwait(false));

    private async Task ServeAsync(Task reading)
    {
        while (true)
        {
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            TaskCompletionSource<long?>? waiting;
            lock (_gate)
            {
                (waiting, _next) = (_next, null);
                _isReading = waiting is not null;
            }

            if (waiting is null)
                return;

            // A write that is sent from now on waits for another reading, because this one may precede it.
            var read = ReadRoleAsync();
            reading = FinishAsync(waiting, read);
        }
    }

    private static async Task FinishAsync(TaskCompletionSource<long?> waiting, Task<long?> read)
    {
        await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        waiting.SetFromTask(read);
        // The exception is marked as observed, because every write may have stopped waiting.
        _ = waiting.Task.Exception;
    }
}
