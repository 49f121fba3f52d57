namespace RedisAspire.ApiService.Storage;

/// <summary>Work in Redis that may fail.</summary>
internal static class BestEffort
{
    /// <summary>The result of some work; <paramref name="otherwise"/> when Redis fails.</summary>
    public static async Task<T> TryAsync<T>(Func<Task<T>> work, T otherwise, Action<Exception>? failed, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, cancellationToken))
        {
            failed?.Invoke(failure);
            return otherwise;
        }
    }

    public static Task TryAsync(Func<Task> work, Action<Exception>? failed, CancellationToken cancellationToken) => TryAsync(
        async () =>
        {
            await work();
            return true;
        },
        otherwise: false, failed, cancellationToken);
}
