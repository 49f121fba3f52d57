namespace RedisAspire.Tests.Support;

/// <summary>What code allocates.</summary>
internal static class Allocations
{
    private const int Runs = 5;

    /// <summary>The bytes that an action allocates on this thread: the least of some runs, because the runtime adds some of its own now and then.</summary>
    public static long Of(Action action) => Enumerable.Range(0, Runs).Min(_ =>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
