using System.Diagnostics;
using StackExchange.Redis;

namespace RedisAspire.Tests.Support;

/// <summary>Waits for a condition instead of for time to pass.</summary>
internal static class Eventually
{
    /// <summary>How long all tests wait. It is long, because a busy machine may be slow and what happens in time costs none of it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Waits until <paramref name="condition"/> holds; fails, naming it, when it does not within <see cref="Limit"/>.</summary>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await HoldsNowAsync(condition))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"Did not happen in time: {what}.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <inheritdoc cref="HoldsAsync(string, Func{Task{bool}})"/>
    public static Task HoldsAsync(string what, Func<bool> condition) =>
        HoldsAsync(what, () => Task.FromResult(condition()));

    // A node that changes its role closes its connections: who asks it at that moment asks again.
    private static async Task<bool> HoldsNowAsync(Func<Task<bool>> condition)
    {
        try
        {
            return await condition();
        }
        catch (RedisException)
        {
            return false;
        }
    }
}
