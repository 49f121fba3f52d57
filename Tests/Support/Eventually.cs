using System.Diagnostics;
using StackExchange.Redis;

namespace RedisAspire.Tests.Support;

/// <summary>Waits for a condition instead of for time to pass.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>Waits until <paramref name="condition"/> holds; fails, naming it, when it does not within 20 seconds.</summary>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition, TimeSpan? timeout = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await HoldsNowAsync(condition))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < (timeout ?? Timeout), $"Did not happen in time: {what}.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <inheritdoc cref="HoldsAsync(string, Func{Task{bool}}, TimeSpan?)"/>
    public static Task HoldsAsync(string what, Func<bool> condition, TimeSpan? timeout = null) =>
        HoldsAsync(what, () => Task.FromResult(condition()), timeout);

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
