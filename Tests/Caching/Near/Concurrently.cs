namespace RedisAspire.Tests.Caching.Near;

/// <summary>Runs work on threads of its own, all started together.</summary>
internal static class Concurrently
{
    public static async Task RunAsync(params Action[] work)
    {
        using var start = new Barrier(work.Length);
        await Task.WhenAll(work.Select(action => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                action();
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }

    public static Task RunAsync(int threads, Action<int> work) =>
        RunAsync([.. Enumerable.Range(0, threads).Select(thread => (Action)(() => work(thread)))]);
}
